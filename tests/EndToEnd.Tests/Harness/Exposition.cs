using System.Globalization;
using System.Text.RegularExpressions;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>What a server answers at /metrics, read as strictly as by a Prometheus that scrapes it: each name has a
/// HELP and one TYPE before its samples, which stand together, no series is there twice, and histograms add
/// up.</summary>
internal sealed partial class Exposition
{
    private const string Accept = "text/plain;version=0.0.4";

    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _helped = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private string _family = "";

    private Exposition(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Read(line);
        }

        foreach (var family in _types.Where(type => type.Value == "histogram").Select(type => type.Key))
        {
            CheckHistogram(family);
        }
    }

    public string Text { get; }

    public int SeriesCount => _samples.Count;

    public IEnumerable<string> Families => _types.Keys;

    public static async Task<Exposition> OfAsync(ApiClient api)
    {
        var answer = await api.SendAsync(HttpMethod.Get, "/metrics", null, null, [("Accept", Accept)]);
        Assert.True(answer.Code == System.Net.HttpStatusCode.OK, $"{answer}");
        return new(answer.Text);
    }

    /// <summary>The sum of a name's samples that have all of these labels; null when there is none.</summary>
    /// <param name="name">The sample's.</param>
    /// <param name="labels">Each as <c>name="value"</c>.</param>
    public double? Sum(string name, params string[] labels)
    {
        var found = _samples.Where(sample => NameOf(sample.Key) == name && labels.All(sample.Key.Contains)).ToList();
        return found.Count == 0 ? null : found.Sum(sample => sample.Value);
    }

    private static string NameOf(string series) => series.Split('{')[0];

    private void Read(string line)
    {
        var words = line.Split(' ', 4);
        if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
        {
            Begin(words[2]);
            Assert.True(_types.TryAdd(words[2], words[3]), $"a second TYPE: {line}");
            Assert.Contains(words[3], new[] { "counter", "gauge", "histogram" });
        }
        else if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            Begin(words[2]);
            Assert.True(words.Length == 4 && _helped.Add(words[2]), $"no help: {line}");
        }
        else if (!line.StartsWith('#'))
        {
            ReadSample(line);
        }
    }

    private void Begin(string family)
    {
        if (family != _family)
        {
            Assert.True(_ended.Add(family), $"{family} is in two places");
            _family = family;
        }
    }

    private void ReadSample(string line)
    {
        var match = Sample().Match(line);
        Assert.True(match.Success, $"no sample: {line}");
        var name = match.Groups[1].Value;
        var type = _types.GetValueOrDefault(_family);
        Assert.True(
            name == _family || (type == "histogram" && Suffix().Replace(name, "") == _family),
            $"{line} comes among {_family}");
        Assert.True(_helped.Contains(_family) && type is not null, $"{line} has no HELP or no TYPE");
        Assert.True(type != "counter" || name.EndsWith("_total", StringComparison.Ordinal), $"a counter: {line}");
        Assert.True(
            _samples.TryAdd(name + match.Groups[2].Value, ValueOf(match.Groups[3].Value)), $"twice: {line}");
    }

    private static double ValueOf(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private void CheckHistogram(string family)
    {
        foreach (var (series, count) in _samples.Where(sample => NameOf(sample.Key) == $"{family}_count").ToList())
        {
            var labels = series.Contains('{') ? series[(series.IndexOf('{') + 1)..^1] : "";
            var buckets = _samples.Where(sample => NameOf(sample.Key) == $"{family}_bucket"
                && Without(sample.Key) == labels).Select(sample => sample.Value).ToList();
            Assert.NotEmpty(buckets);
            Assert.Equal(buckets.Order(), buckets);
            Assert.True(buckets[^1] == count, $"{family}{{{labels}}}: +Inf has {buckets[^1]} of {count}");
        }
    }

    /// <summary>A bucket's labels without its bound.</summary>
    private static string Without(string bucket) =>
        Bound().Replace(bucket[(bucket.IndexOf('{') + 1)..^1], "").Trim(',');

    [GeneratedRegex(
        @"^([a-zA-Z_:][a-zA-Z0-9_:]*)((?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*=""(?:[^""\\]|\\.)*"",?)*\})?) (\S+)(?: \d+)?$")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@",?le=""[^""]*""")]
    private static partial Regex Bound();
}
