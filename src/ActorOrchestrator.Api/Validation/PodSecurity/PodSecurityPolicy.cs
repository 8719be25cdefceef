using System.Globalization;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>What a namespace's labels ask of its pods in one mode (enforce, warn, audit).</summary>
/// <param name="Level">privileged, baseline or restricted.</param>
/// <param name="Version">Of the standards: <c>latest</c> or <c>v1.x</c>.</param>
public sealed record PodSecurityPolicy(string Level, string Version)
{
    public bool IsPrivileged => Level == "privileged";

    public bool IsRestricted => Level == "restricted";

    /// <summary>The <c>x</c> of <c>v1.x</c>; the latest is above all of them.</summary>
    internal int Minor => Version == PodSecurityLabels.Latest
        ? int.MaxValue
        : int.Parse(Version.AsSpan("v1.".Length), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>As messages name it: <c>restricted:latest</c>.</summary>
    public override string ToString() => $"{Level}:{Version}";

    /// <summary>Without a label anything goes. A label that cannot be read, which validation lets nobody write, asks
    /// for the most.</summary>
    public static PodSecurityPolicy Of(Namespace? @namespace, string mode)
    {
        var labels = @namespace?.Metadata.Labels ?? ValueMap<string>.Empty;
        var level = labels.GetValueOrDefault(PodSecurityLabels.Prefix + mode) ?? "privileged";
        var version = labels.GetValueOrDefault(PodSecurityLabels.Prefix + mode + PodSecurityLabels.VersionSuffix)
            ?? PodSecurityLabels.Latest;
        return new PodSecurityPolicy(
            PodSecurityLabels.IsLevel(level) ? level : "restricted",
            PodSecurityLabels.IsVersion(version) ? version : PodSecurityLabels.Latest);
    }
}
