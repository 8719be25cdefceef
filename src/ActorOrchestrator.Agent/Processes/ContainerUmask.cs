namespace ActorOrchestrator.Agent.Processes;

/// <summary>The agent keeps what it writes to itself by a umask of 077, which its children inherit. Containers,
/// and containerd with what it makes for them, get the usual one back.</summary>
internal static class ContainerUmask
{
    public const string Value = "022";
}
