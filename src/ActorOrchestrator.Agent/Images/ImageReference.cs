using System.Text.RegularExpressions;

namespace ActorOrchestrator.Agent.Images;

/// <summary>
/// A reference as users write it (<c>[host[:port]/]path[:tag][@digest]</c>, the grammar of the distribution project),
/// with the registry and the tag that stand when none is written: <c>nginx</c> is
/// <c>docker.io/library/nginx:latest</c>.
/// </summary>
public sealed partial record ImageReference(string Registry, string Repository, string? Tag, string? Digest)
{
    private const string DefaultRegistry = "docker.io";
    private const string LatestTag = "latest";

    public string Name => $"{Registry}/{Repository}";

    public override string ToString() =>
        Name + (Tag is null ? "" : $":{Tag}") + (Digest is null ? "" : $"@{Digest}");

    /// <returns>Null when the text is no reference (waiting reason InvalidImageName).</returns>
    public static ImageReference? Parse(string text)
    {
        var match = Grammar().Match(text);
        if (!match.Success || IdentifierOnly().IsMatch(text))
        {
            return null;
        }

        var name = match.Groups["name"].Value;
        var slash = name.IndexOf('/');
        var first = slash < 0 ? "" : name[..slash];
        var hasHost = first.Contains('.') || first.Contains(':') || first == "localhost";
        var registry = hasHost ? first : DefaultRegistry;
        var repository = hasHost ? name[(slash + 1)..] : slash < 0 ? $"library/{name}" : name;
        if (repository.Any(char.IsAsciiLetterUpper))
        {
            return null;
        }

        var tag = match.Groups["tag"] is { Success: true } told ? told.Value : null;
        var digest = match.Groups["digest"] is { Success: true } given ? given.Value : null;
        return new ImageReference(registry, repository, tag ?? (digest is null ? LatestTag : null), digest);
    }

    /// <summary>
    /// The policy that stands when the spec names none: Always for <c>:latest</c>, else IfNotPresent.
    /// </summary>
    public string DefaultPullPolicy => Tag == LatestTag && Digest is null ? "Always" : "IfNotPresent";

    /// <summary>No two of its parts take the same text, so that a long one takes no longer than it is. A bound of time
    /// would be one of the machine's load.</summary>
    [GeneratedRegex(
        @"^(?<name>(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?"
        + @"[a-zA-Z0-9]+(?:(?:\.|_|__|-+)[a-zA-Z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)"
        + @"(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
        + @"(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex("^[a-f0-9]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex IdentifierOnly();
}
