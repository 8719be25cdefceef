using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Cri.Events;

/// <summary>
/// What a runtime's stream tells. <paramref name="Id"/> may be a container's or a sandbox's, and anybody's: containerd
/// tells them all alike.
/// </summary>
internal sealed record RawEvent(RuntimeEventKind Kind, string Id, DateTimeOffset At, int ExitCode);
