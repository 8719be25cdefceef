using ActorOrchestrator.Actors.Views;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Gateway.Security;
using Microsoft.Extensions.Logging;

namespace ActorOrchestrator.Gateway.Authorities;

/// <summary>Has this member take over what the cluster's authorities are, as soon as it is in its view.</summary>
internal sealed partial class AuthorityFollower : IDisposable
{
    /// <summary>A look costs nothing.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly IClusterView _view;
    private readonly Pki _pki;
    private readonly Action _onChange;
    private readonly ILogger _log;
    private readonly ITimer _looks;
    private readonly Lock _looking = new();
    private string? _seen;

    /// <param name="view">Where they are.</param>
    /// <param name="pki">Who takes them over.</param>
    /// <param name="onChange">When it has.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it is told when it cannot.</param>
    public AuthorityFollower(IClusterView view, Pki pki, Action onChange, TimeProvider time, ILogger log)
    {
        (_view, _pki, _onChange, _log) = (view, pki, onChange, log);
        _looks = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    public void Dispose() => _looks.Dispose();

    private void Look()
    {
        var stored = _view.Get(KindRegistry.Of<Secret>(), ClusterAuthority.Namespace, ClusterAuthority.Name);
        lock (_looking)
        {
            if (stored is null || stored.Metadata.ResourceVersion == _seen)
            {
                return;
            }

            try
            {
                Follow(stored);
                _seen = stored.Metadata.ResourceVersion;
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                // A full disk: the next look tries again.
                LogUnusable(_log, FailureWords.Of(cause));
            }
            catch (InvalidDataException wrong)
            {
                _seen = stored.Metadata.ResourceVersion;
                LogUnusable(_log, wrong.Message);
            }
        }
    }

    private void Follow(KubeObject stored)
    {
        _pki.Adopt(ClusterAuthority.Read(stored) ?? throw new InvalidDataException("its Secret cannot be read"));
        _onChange();
    }

    [LoggerMessage(GatewayEvents.AuthoritiesUnusable, LogLevel.Error,
        "The cluster's authorities cannot be taken over; this member goes on with those that it has: {Why}")]
    private static partial void LogUnusable(ILogger log, string why);
}
