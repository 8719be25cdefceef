using System.Text.Json.Serialization;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Processes;

/// <summary>What is kept of a sandbox on disk, so that the next agent finds it.</summary>
internal sealed record SandboxRecord(SandboxStatus Status, string LogDirectory);

/// <summary>
/// What is kept of a container on disk. The status has what is certain: a container that is <c>Running</c> here has
/// ended since if its processes are gone, and its exit code is then in the file <c>exit</c> beside the record.
/// </summary>
internal sealed record ContainerRecord(ContainerRuntimeStatus Status, ProcessSpec Spec)
{
    /// <summary>The shell that waits for the container's process and notes its exit code.</summary>
    public ProcessIdentity? Supervisor { get; init; }

    /// <summary>The container's first process, which leads its session and process group.</summary>
    public ProcessIdentity? Main { get; init; }
}

/// <summary>How a process is started. Command and environment may hold secrets and are kept in memory only: the next
/// agent starts nothing that this one created, and reads the environment of what runs from the kernel.</summary>
internal sealed record ProcessSpec(string WorkingDirectory)
{
    [JsonIgnore]
    public IReadOnlyList<string> Command { get; init; } = [];

    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}

[JsonSerializable(typeof(SandboxRecord))]
[JsonSerializable(typeof(ContainerRecord))]
internal sealed partial class ProcessJson : JsonSerializerContext;
