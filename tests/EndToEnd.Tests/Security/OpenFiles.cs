using System.Text.RegularExpressions;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>
/// What of all that a server and its containerd write others than its user may read, write or enter, by its mode. Paths
/// are relative to the data directory, or absolute outside of it. Below a directory that others cannot enter they reach
/// nothing by it; it is open to the containers that have it mounted.
/// </summary>
internal static class OpenFiles
{
    private static readonly (string Pattern, string Why)[] Allowed =
    [
        ("pods/[^/]+/volumes/.+/.+", "volumes, with the modes that pods ask for"),
        ("pods/[^/]+/volume-subpaths/.+/.+", "parts of volumes, mounted"),
        ("pods/[^/]+/etc-hosts", "/etc/hosts of the containers"),
        ("pods/[^/]+/containers/[^/]+/[0-9]+", "the termination message, which any user of the container writes"),
        ("logs/pods/[^/]+/[^/]+/[0-9.-]+\\.log.*", "containerd makes logs with 0640, as under kubelet"),
        ("containerd/(root|state|opt)(/.*)?", "containerd's own: images, file systems of containers, their sockets"),
        ("containerd/containerd\\.sock(\\.ttrpc)?", "0660: containerd lets root's group in, who cannot come so far"),
        ("containerd/cni/state(/.*)?", "host-local's addresses, by the plugin"),
        ("/run/containerd/runc/k8s\\.io/[0-9a-f]+", "0711 by runc, in a directory of root's alone"),
        ("/run/netns", "where ip(8) looks for network namespaces"),
        ("/run/netns/cni-[0-9a-f-]+", "0444: an empty file that a network namespace is mounted on"),
    ];

    /// <summary>Those that have no reason to be.</summary>
    public static IReadOnlyList<string> Unexplained(string root, IEnumerable<WrittenEntry> entries) =>
        [.. entries.Where(entry => !entry.IsPrivate && !IsAllowed(Relative(root, entry.Path)))
            .Select(entry => entry.ToString())];

    private static bool IsAllowed(string path) =>
        Allowed.Any(each => Regex.IsMatch(path, $"^{each.Pattern}$", RegexOptions.CultureInvariant));

    private static string Relative(string root, string path) =>
        path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : path;
}
