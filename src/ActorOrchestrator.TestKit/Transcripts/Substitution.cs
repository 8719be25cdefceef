using System.Text.RegularExpressions;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;

namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>
/// Names that a transcript's author cannot know, as a shell would put them in:
/// <code>
/// $(pod app=web)      the oldest pod of these labels that is not terminating
/// $(pod app=web 2)    the second oldest
/// $(rs app=web 2)     the same of ReplicaSets
/// $(node app=web)     the node of that pod
/// </code>
/// </summary>
internal sealed partial class Substitution(ScriptedWorld world)
{
    public string Replace(string command) => Pattern().Replace(command, match =>
    {
        var selector = Selection.Parse(match.Groups["selector"].Value);
        var number = match.Groups["number"] is { Success: true, Value: var given } ? Words.Number(given) : 1;
        return match.Groups["what"].Value switch
        {
            "pod" => Nth<Pod>(selector, number).Metadata.Name!,
            "rs" => Nth<ReplicaSet>(selector, number).Metadata.Name!,
            _ => Nth<Pod>(selector, number).Spec.NodeName ?? "<none>",
        };
    });

    private T Nth<T>(LabelMatcher selector, int number) where T : KubeObject
    {
        var found = world.All<T>()
            .Where(value => selector.Matches(value.Metadata.Labels) && value.Metadata.DeletionTimestamp is null)
            .OrderBy(value => value.Metadata.CreationTimestamp)
            .ThenBy(value => value.Metadata.Name, StringComparer.Ordinal).ToList();
        return number >= 1 && number <= found.Count
            ? found[number - 1]
            : throw new CommandException($"there are {found.Count} such {typeof(T).Name}s, and no number {number}");
    }

    [GeneratedRegex(@"\$\((?<what>pod|rs|node)\s+(?<selector>[^\s)]+)(\s+(?<number>\d+))?\)")]
    private static partial Regex Pattern();
}

/// <summary>Label selectors as commands write them.</summary>
internal static class Selection
{
    public static LabelMatcher Parse(string text) => LabelMatcher.TryParse(text, out var matcher, out var error)
        ? matcher
        : throw new CommandException($"error: {error}");
}
