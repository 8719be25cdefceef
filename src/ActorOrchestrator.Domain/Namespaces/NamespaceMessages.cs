using ActorOrchestrator.Api;

namespace ActorOrchestrator.Domain.Namespaces;

/// <summary>What is left in a terminating namespace.</summary>
/// <param name="Uid">The namespace's uid.</param>
/// <param name="Resources">Objects by resource (<c>pods</c>, <c>deployments.apps</c>).</param>
/// <param name="Finalizers">Finalizers that those objects wait for, and how many wait for each.</param>
public sealed record NamespaceContent(string Uid, ValueMap<int> Resources, ValueMap<int> Finalizers) : Message;
