using System.Globalization;

namespace ActorOrchestrator.Api.Validation.PodSecurity;

/// <summary>The labels by which a namespace says what its pods must keep to: a level and a version for each
/// mode.</summary>
public static class PodSecurityLabels
{
    public const string Prefix = "pod-security.kubernetes.io/";
    public const string VersionSuffix = "-version";
    public const string Latest = "latest";

    private static readonly string[] Modes = ["enforce", "audit", "warn"];

    private static readonly string[] Levels = ["privileged", "baseline", "restricted"];

    public static bool IsLevel(string text) => Levels.Contains(text);

    /// <summary><c>latest</c> or <c>v1.x</c>.</summary>
    public static bool IsVersion(string text) => text == Latest
        || (text.StartsWith("v1.", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    internal static void Check(FieldErrors errors, ValueMap<string> labels)
    {
        foreach (var mode in Modes)
        {
            if (labels.TryGetValue(Prefix + mode, out var level) && !IsLevel(level))
            {
                errors.Invalid(At(Prefix + mode), level, $"must be one of {string.Join(", ", Levels)}");
            }

            var key = Prefix + mode + VersionSuffix;
            if (labels.TryGetValue(key, out var version) && !IsVersion(version))
            {
                errors.Invalid(At(key), version, "must be \"latest\" or \"v1.x\"");
            }
        }
    }

    private static FieldPath At(string label) => FieldPath.Root("metadata").Child("labels").Key(label);
}
