using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Bootstrap;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Bootstrap;

/// <summary>Deletes the Secrets of bootstrap tokens that have expired (Kubernetes' token cleaner).</summary>
public sealed class TokenCleaner : IProjection
{
    /// <summary>A deletion that was lost is asked for again.</summary>
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>A clock that is set forward is noticed so late.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromHours(1);

    private readonly SortedDictionary<EntityKey, Watched> _tokens = new(KeyOrder.Instance);
    private bool _isStarted;

    public string Name => "token-cleaner";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        if (change.New is Secret secret && BootstrapToken.Read(secret) is { } known
            && known.Expiration < DateTimeOffset.MaxValue)
        {
            _tokens[change.Key] = new(secret, known.Expiration);
        }
        else if (change.Old is Secret)
        {
            _tokens.Remove(change.Key);
        }
    }

    public void Started(ProjectionContext context) => _isStarted = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_isStarted)
        {
            return;
        }

        foreach (var (key, token) in _tokens)
        {
            if (token.Due <= context.Now)
            {
                context.Tell(key, Expired(token.Secret));
                token.Due = context.Now + AskAgainAfter;
            }

            context.WakeAt(token.Due < context.Now + LookAgainAfter ? token.Due : context.Now + LookAgainAfter);
        }
    }

    /// <summary>One that somebody prolongs meanwhile stays.</summary>
    private static Delete Expired(Secret secret) => new(new DeleteOptions
    {
        Preconditions = new() { Uid = secret.Metadata.Uid, ResourceVersion = secret.Metadata.ResourceVersion },
    });

    private sealed class Watched(Secret secret, DateTimeOffset due)
    {
        public Secret Secret => secret;

        public DateTimeOffset Due { get; set; } = due;
    }
}
