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

/// <summary>An entity asks what it may adopt; answered with one <see cref="AdoptableFound"/>.</summary>
public sealed record FindAdoptable(EntityKey Asker, string Resource, LabelSelector Selector);
