using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>A JSON document in the making. Parts of it can be text that is no JSON, or names that are there
/// twice.</summary>
internal sealed partial class Draft(JsonNode root)
{
    private const int DepthMax = 10_000;

    public static readonly JsonSerializerOptions Written = new()
    {
        MaxDepth = DepthMax, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<string> _raw = [];

    public JsonNode Root { get; set; } = root;

    /// <summary>Whether it is JSON without anything unusual in its syntax.</summary>
    public bool IsPlain => _raw.Count == 0;

    /// <summary>What stands for a text that is put in as it is, whether JSON or not.</summary>
    public string Raw(string token)
    {
        _raw.Add(token);
        return $"@raw{_raw.Count - 1}@";
    }

    /// <summary>Counts of pods that are there twice are bounded here, as others are by <see
    /// cref="Mutator.Bound"/>.</summary>
    public string Text() => Counts().Replace(
        Marks().Replace(Root.ToJsonString(Written), mark => _raw[int.Parse(mark.Groups[1].ValueSpan)]), "$1$2");

    // Up to the greatest that is valid.
    [GeneratedRegex("(\"(?:replicas|parallelism|completions)\":)(\\d)(?:\\d{1,8}|(?<=1)\\d{9}|(?<=2)147483647)\\b")]
    private static partial Regex Counts();

    [GeneratedRegex("\"@raw(\\d+)@\"")]
    private static partial Regex Marks();
}
