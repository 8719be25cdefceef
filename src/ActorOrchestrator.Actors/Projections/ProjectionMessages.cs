using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>A member is gone, and its entities left memory with it. Every other member says so.</summary>
public sealed class MemberLost
{
    public static readonly MemberLost Instance = new();

    private MemberLost()
    {
    }
}

/// <summary>An entity asks what only a projection knows.</summary>
public abstract record ProjectionQuestion(EntityKey Asker)
{
    /// <summary>What is asked.</summary>
    public abstract Effect Asked { get; }

    /// <summary>The question of an effect; null of effects that are none.</summary>
    public static ProjectionQuestion? Of(EntityKey asker, Effect effect) => effect switch
    {
        Effect.FindAdoptable query => new FindAdoptable(asker, query.Selector),
        Effect.FindNodes => new FindNodes(asker),
        _ => null,
    };
}

/// <summary>An entity asks what it may adopt; answered with one <see cref="AdoptableFound"/>.</summary>
public sealed record FindAdoptable(EntityKey Asker, LabelSelector Selector) : ProjectionQuestion(Asker)
{
    public override Effect Asked => new Effect.FindAdoptable(Selector);
}

/// <summary>A DaemonSet asks which nodes are fit for its pods; answered with one
/// <see cref="Domain.DaemonSets.NodesMatched"/>.</summary>
public sealed record FindNodes(EntityKey Asker) : ProjectionQuestion(Asker)
{
    public override Effect Asked => Effect.FindNodes.Instance;
}
