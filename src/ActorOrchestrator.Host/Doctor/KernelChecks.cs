using System.Runtime.CompilerServices;
using ActorOrchestrator.Agent.Network;
using ActorOrchestrator.Host.Settings;

namespace ActorOrchestrator.Host.Doctor;

/// <summary>What containers need of the kernel.</summary>
internal static class KernelChecks
{
    private const string Area = "kernel";

    private static readonly string[] Controllers = ["cpu", "memory", "pids"];

    /// <summary>For the containers' files, and for the pods' network.</summary>
    private static readonly string[] Modules = ["overlay", "bridge", "veth"];

    /// <summary>What is built in, and what can be loaded.</summary>
    private static readonly string[] ModuleLists = ["modules.builtin", "modules.dep"];

    public static async IAsyncEnumerable<Finding> OfAsync(
        ServerSettings settings,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (settings.Node.Runtime != "cri")
        {
            yield break;
        }

        var release = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellation)).Trim();
        var (version, present) = await ControllersAsync(cancellation);
        var missing = Controllers.Except(present, StringComparer.Ordinal).ToList();
        yield return missing.Count == 0
            ? Finding.Good(Area, $"{release}, cgroups {version} with {string.Join(", ", Controllers)}")
            : Finding.Fault(
                Area, $"{release}, cgroups {version} without {string.Join(", ", missing)}",
                "enable them (kernel parameters cgroup_enable=memory, or systemd's Delegate=yes inside a container)");

        if (await KnownModulesAsync(release, cancellation) is { } known)
        {
            var absent = Modules.Where(module => !IsThere(module, known)).ToList();
            if (absent.Count > 0)
            {
                yield return Finding.Fault(
                    Area, $"it has no {string.Join(", no ", absent)}",
                    "use a kernel with these modules (Debian's ordinary ones have them)");
            }

            if (settings.Node.Network.Mode is NetworkMode.Auto or NetworkMode.Vxlan && !IsThere("vxlan", known))
            {
                yield return Finding.Warning(
                    Area, "it has no vxlan: pods of machines behind routers are not reached",
                    "use a kernel with it, or set network.mode = host");
            }
        }
    }

    private static async Task<(string Version, IReadOnlyList<string> Present)> ControllersAsync(
        CancellationToken cancellation)
    {
        const string Unified = "/sys/fs/cgroup/cgroup.controllers";
        if (File.Exists(Unified))
        {
            var text = await File.ReadAllTextAsync(Unified, cancellation);
            return ("v2", text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        }

        return ("v1", EnabledControllers(await File.ReadAllTextAsync("/proc/cgroups", cancellation)));
    }

    /// <summary>The names of those whose last column is 1. (cgroups(7), /proc/cgroups)</summary>
    public static IReadOnlyList<string> EnabledControllers(string cgroups) =>
    [
        .. from line in cgroups.Split('\n')
           where !line.StartsWith('#')
           let columns = line.Split('\t', StringSplitOptions.RemoveEmptyEntries)
           where columns is [_, _, _, "1"]
           select columns[0],
    ];

    /// <summary>Null where the kernel's own files are not there, as in a container, so that nothing can be
    /// said.</summary>
    private static async Task<string?> KnownModulesAsync(string release, CancellationToken cancellation)
    {
        var files = ModuleLists.Select(name => $"/lib/modules/{release}/{name}").ToList();
        return files.TrueForAll(File.Exists)
            ? string.Concat(await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file, cancellation))))
            : null;
    }

    private static bool IsThere(string module, string known) =>
        Directory.Exists($"/sys/module/{module}") || known.Contains($"/{module}.ko", StringComparison.Ordinal);
}
