namespace ActorOrchestrator.TestKit.Transcripts;

/// <summary>The words and flags of a kubectl command: <c>-n shop</c>, <c>--namespace=shop</c>, <c>--all</c>.</summary>
internal sealed class Arguments
{
    private static readonly Dictionary<string, string> LongNames = new()
    {
        ["-n"] = "namespace", ["-o"] = "output", ["-l"] = "selector", ["-f"] = "filename", ["-p"] = "patch",
        ["-A"] = "all-namespaces",
    };

    private static readonly string[] WithValue =
    [
        "namespace", "output", "selector", "filename", "patch", "image", "replicas", "timeout", "cascade",
        "grace-period", "sort-by", "field-selector", "to-revision", "type", "from-literal", "restart", "subresource",
    ];

    private static readonly string[] WithoutValue =
    [
        "all-namespaces", "all", "force", "wait", "ignore-daemonsets", "delete-emptydir-data", "overwrite",
        "no-headers", "show-labels",
    ];

    private readonly Dictionary<string, string> _flags = new(StringComparer.Ordinal);

    private Arguments(List<string> words) => Words = words;

    /// <summary>What is no flag, in order.</summary>
    public IReadOnlyList<string> Words { get; }

    public static Arguments Parse(IReadOnlyList<string> given)
    {
        var words = new List<string>();
        var arguments = new Arguments(words);
        for (var i = 0; i < given.Count; i++)
        {
            if (given[i] is not ['-', _, ..])
            {
                words.Add(given[i]);
                continue;
            }

            var parts = given[i].Split('=', 2);
            var name = LongNames.GetValueOrDefault(parts[0]) ?? parts[0].TrimStart('-');
            if (WithoutValue.Contains(name))
            {
                arguments._flags[name] = parts.Length == 2 ? parts[1] : "true";
            }
            else if (WithValue.Contains(name))
            {
                arguments._flags[name] = parts.Length == 2 ? parts[1]
                    : ++i < given.Count ? given[i]
                    : throw new CommandException($"error: flag needs an argument: {parts[0]}");
            }
            else
            {
                throw new CommandException($"error: unknown flag: {parts[0]}");
            }
        }

        return arguments;
    }

    public string? Flag(string name) => _flags.GetValueOrDefault(name);

    public bool IsSet(string name, bool otherwise = false) =>
        _flags.TryGetValue(name, out var value) ? value == "true" : otherwise;

    /// <summary>A word that must be there.</summary>
    public string Word(int index, string what) => index < Words.Count
        ? Words[index]
        : throw new CommandException($"error: {what} is missing");
}
