using System.Collections.Concurrent;
using System.Text;
using ActorOrchestrator.Simulator.Members;

namespace ActorOrchestrator.TestKit.Tests.Fuzz;

/// <summary>What was found: the first case of each kind of problem.</summary>
internal sealed class FuzzReport
{
    private const int ShownBytesMax = 3_000;

    private readonly ConcurrentDictionary<string, string> _problems = new();
    private readonly ConcurrentDictionary<int, int> _codes = new();

    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>How many requests were answered how.</summary>
    public IReadOnlyDictionary<int, int> Codes => _codes;

    public int Requests => _codes.Values.Sum();

    public void Count(int code) => _codes.AddOrUpdate(code, 1, static (_, count) => count + 1);

    public void Add(string problem, string story) => _problems.TryAdd(problem, story);

    public override string ToString()
    {
        var codes = _codes.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} with {pair.Key}");
        var text = new StringBuilder($"{Requests} requests: {string.Join(", ", codes)}\n");
        foreach (var (problem, story) in _problems.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append($"\n== {problem}\n{story}\n");
        }

        return text.ToString();
    }

    public static string Shown(ApiCall call)
    {
        var body = Encoding.UTF8.GetString(call.Body.Span);
        var text = call.ContentType.EndsWith("protobuf", StringComparison.Ordinal)
            ? Convert.ToHexString(call.Body.Span)
            : body;
        return $"{call} ({call.ContentType})\n{text[..Math.Min(text.Length, ShownBytesMax)]}";
    }
}
