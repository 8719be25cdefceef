using ActorOrchestrator.Api;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Projections;

/// <summary>An entity asks what it may adopt; answered with one <see cref="AdoptableFound"/>.</summary>
public sealed record FindAdoptable(EntityKey Asker, string Resource, LabelSelector Selector);
