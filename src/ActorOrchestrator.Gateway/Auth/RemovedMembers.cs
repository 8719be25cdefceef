namespace ActorOrchestrator.Gateway.Auth;

/// <summary>
/// Members of the control plane that were lost and taken out. Their machines have the authority's key, so no
/// certificate keeps them out: a server looks here before it meets the others, and does not start.
/// </summary>
public static class RemovedMembers
{
    /// <summary>An authority's life.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(3650);

    public static RemovalList List { get; } = new("removed-members");

    /// <summary>What such a member is told.</summary>
    public static string Refusal(string node, DateTimeOffset at) =>
        $"the member {node} was removed from the cluster at {at:u}: 'orchestrator reset' on this machine ends what "
        + "runs here and removes what it has, and then 'orchestrator join' with a token makes it a member again";
}
