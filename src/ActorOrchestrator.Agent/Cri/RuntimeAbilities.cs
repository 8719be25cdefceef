using System.Text.RegularExpressions;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Cri;

/// <summary>
/// What a runtime can, as far as CRI has no question for it: by its name and version.
/// <code>
///   runtime              own services   images are mounted by
///   containerd to 2.1    yes            the agent: CRI's Mount.image is not known, or no directory of one (2.1)
///   containerd from 2.2  yes            the runtime
///   CRI-O from 1.33      no             the runtime
///   others               no             nobody
/// </code>
/// </summary>
/// <param name="HasContainerdServices">Beside CRI, containerd's own services are on the socket.</param>
/// <param name="Mounter">Who mounts images.</param>
internal sealed partial record RuntimeAbilities(bool HasContainerdServices, ImageMounter Mounter)
{
    private static readonly (int Major, int Minor) ContainerdMountsImages = (2, 2);
    private static readonly (int Major, int Minor) CrioMountsImages = (1, 33);

    public static RuntimeAbilities Of(RuntimeVersion runtime) => runtime.Name switch
    {
        "containerd" => new(true, IsFrom(runtime, ContainerdMountsImages) ? ImageMounter.Runtime : ImageMounter.Agent),
        "cri-o" => new(false, IsFrom(runtime, CrioMountsImages) ? ImageMounter.Runtime : ImageMounter.Nobody),
        _ => new(false, ImageMounter.Nobody),
    };

    private static bool IsFrom(RuntimeVersion runtime, (int Major, int Minor) first)
    {
        var version = Beginning().Match(runtime.Version);
        return version.Success && (Part(version, "major"), Part(version, "minor")).CompareTo(first) >= 0;
    }

    private static int Part(Match version, string name) =>
        int.TryParse(version.Groups[name].Value, out var number) ? number : 0;

    /// <summary>Of <c>1.6.20~ds1</c>, <c>v2.2.0-rc.1</c> and the like.</summary>
    [GeneratedRegex(@"^v?(?<major>[0-9]+)\.(?<minor>[0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Beginning();
}
