namespace ActorOrchestrator.Agent.Groups;

/// <summary>Where a machine's control groups are: in each hierarchy, a controller or some, with cgroup v1; in the only
/// one with v2.</summary>
internal static class ControlGroups
{
    public const string Root = "/sys/fs/cgroup";

    /// <summary>The group that containerd puts its containers into.</summary>
    public const string OfContainers = "k8s.io";

    /// <summary>Whether all controllers are in one hierarchy (cgroup v2).</summary>
    public static bool AreUnified(string root) => File.Exists(Path.Combine(root, "cgroup.controllers"));

    /// <summary>The roots of all hierarchies; none where control groups are not mounted.</summary>
    public static IEnumerable<string> Hierarchies(string root) =>
        AreUnified(root) ? [root] : Directory.Exists(root) ? Directory.EnumerateDirectories(root) : [];

    /// <summary>Removes a group and those in it. rmdir(2) refuses one that is in use; its files do not count.</summary>
    /// <exception cref="IOException">It is in use.</exception>
    public static void Remove(string group)
    {
        if (!Directory.Exists(group))
        {
            return;
        }

        try
        {
            foreach (var inner in Directory.GetDirectories(group))
            {
                Remove(inner);
            }

            Directory.Delete(group);
        }
        catch (DirectoryNotFoundException)
        {
            // The runtime removed it meanwhile.
        }
    }
}
