using System.Net;
using System.Security.Cryptography;
using System.Text;
using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Bootstrap;

namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Bootstrap tokens as bearer tokens, by the Secrets that the view holds. Their holders are in no group of
/// authenticated users, so nothing is open to them but what is open to bootstrappers. Whoever shows wrong ones too
/// often is not listened to for a while.
/// </summary>
internal sealed class BootstrapTokens(IClusterView view, TimeProvider time)
{
    private const string CreateAnother = "'orchestrator token create' makes another one";

    private static readonly ResourceKind Secrets = KindRegistry.Of<Secret>();

    private readonly WrongTokens _wrong = new(time);

    /// <summary>Who holds a token, or why it does not count. What has not the form of one is not known.</summary>
    /// <param name="bearer">As it was sent.</param>
    /// <param name="from">By whom.</param>
    public Shown Judge(string bearer, IPAddress? from)
    {
        if (BootstrapToken.Parse(bearer) is not { } shown)
        {
            return new(null);
        }

        if (_wrong.SecondsToWait(from) is { } seconds)
        {
            return new(null, Statuses.TooManyRequests(
                "too many wrong bootstrap tokens came from this address: try again later", seconds));
        }

        if (Find(shown) is { Authenticates: true } known)
        {
            return known.IsExpired(time.GetUtcNow())
                ? new(null, Refusal($"the bootstrap token {shown.Id} has expired: {CreateAnother}"))
                : new(Identify(known));
        }

        // An unknown id and a wrong secret are not told apart.
        _wrong.Count(from);
        return new(null, Refusal(
            $"the bootstrap token {shown.Id} is not known, or has been revoked: {CreateAnother}"));
    }

    private BootstrapToken.Known? Find(BootstrapToken shown) =>
        BootstrapToken.Read(view.Get(Secrets, BootstrapToken.Namespace, BootstrapToken.NameOf(shown.Id)))
            is { } known
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(known.Token.Secret), Encoding.UTF8.GetBytes(shown.Secret))
            ? known
            : null;

    private static Identity Identify(BootstrapToken.Known known) => new(
        BootstrapToken.UserPrefix + known.Token.Id, [BootstrapToken.Group, .. known.Groups]);

    private static Status Refusal(string message) =>
        Statuses.Failure(HttpCode.Unauthorized, StatusReasons.Unauthorized, message);
}
