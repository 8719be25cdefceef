using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Host.Hocon;

/// <summary>
/// Typed access to settings. <c>reference.conf</c> names every key and is the only home of defaults: a user's file may
/// set what it names and nothing else, and whatever it names must be read by somebody.
/// </summary>
internal sealed class HoconReader
{
    private static readonly (string Unit, double Seconds)[] DurationUnits =
        [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("kB", 1_000), ("MB", 1_000_000),
            ("GB", 1_000_000_000), ("B", 1), ("b", 1)];

    private readonly HoconValue.Object _root;
    private readonly HoconValue.Object _reference;
    private readonly Func<string, string?> _environment;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private HoconReader(HoconValue.Object root, HoconValue.Object reference, Func<string, string?> environment)
    {
        _root = root;
        _reference = reference;
        _environment = environment;
    }

    /// <param name="referenceText">The text of reference.conf.</param>
    /// <param name="layers">Later ones win: (file name, text).</param>
    /// <param name="environment">Environment variables, for references that no setting has.</param>
    /// <exception cref="SettingsException">A file cannot be read, or names an unknown key.</exception>
    public static HoconReader Load(
        string referenceText, IEnumerable<(string File, string Text)> layers, Func<string, string?> environment)
    {
        var reference = HoconParser.Parse(referenceText, "reference.conf", NoInclude);
        var root = HoconParser.Parse(referenceText, "reference.conf", NoInclude);
        foreach (var (file, text) in layers)
        {
            var layer = HoconParser.Parse(text, file, name => ReadIncluded(file, name, depth: 1));
            RefuseUnknown(layer, reference, "");
            root.Merge(layer);
        }

        return new HoconReader(root, reference, environment);
    }

    /// <summary>Keys of reference.conf that nobody read: a documented setting without effect is a defect.</summary>
    public IReadOnlyList<string> Unread() => [.. Leaves(_reference, "").Where(path => !_read.Contains(path))];

    public string Text(string path) => Scalar(path).Value;

    public int Int(string path, int min = int.MinValue, int max = int.MaxValue)
    {
        var isNumber = int.TryParse(Scalar(path).Value, CultureInfo.InvariantCulture, out var value);
        return isNumber && value >= min && value <= max
            ? value
            : throw Wrong(path, (min, max) switch
            {
                (int.MinValue, int.MaxValue) => "a whole number",
                (_, int.MaxValue) => $"a whole number of at least {min}",
                _ => $"a whole number from {min} to {max}",
            });
    }

    public bool Bool(string path) => Scalar(path).Value switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        _ => throw Wrong(path, "true or false"),
    };

    /// <summary>A duration such as <c>500ms</c>, <c>10s</c>, <c>2 m</c>, <c>1h</c>, of at least
    /// <paramref name="min"/>.</summary>
    public TimeSpan Duration(string path, string min = "0s") =>
        ParseDuration(Scalar(path).Value) is { } duration && duration >= ParseDuration(min)
            ? duration
            : throw Wrong(path, $"a duration such as 500ms, 10s, 2m or 1h, and at least {min}");

    /// <summary>Bytes, such as <c>10MiB</c> or <c>512kB</c>, at least <paramref name="min"/>.</summary>
    public long Size(string path, string min = "0B") =>
        ParseSize(Scalar(path).Value) is { } size && size >= ParseSize(min)
            ? size
            : throw Wrong(path, $"a size such as 10MiB or 512kB, and at least {min}");

    /// <summary>A share such as <c>"10%"</c>; null when what is given is none.</summary>
    public double? Percentage(string path)
    {
        if (Scalar(path).Value is not [.. var digits, '%'])
        {
            return null;
        }

        var isNumber = double.TryParse(digits, CultureInfo.InvariantCulture, out var percent);
        return isNumber && percent is >= 0 and <= 100 ? percent : throw Wrong(path, "a share from 0% to 100%");
    }

    public IReadOnlyList<string> Texts(string path) => Resolve(path) is HoconValue.List list
        ? [.. list.Items.Select(item => (item as HoconValue.Text)?.Value ?? throw Wrong(path, "a list of texts"))]
        : throw Wrong(path, "a list such as [\"a\", \"b\"]");

    /// <summary>An object whose keys are free, such as labels.</summary>
    public IReadOnlyDictionary<string, string> Map(string path)
    {
        var value = Resolve(path) as HoconValue.Object ?? throw Wrong(path, "an object such as { key = value }");
        return Texts(value, "", path).ToDictionary();
    }

    /// <summary>Everything below a path as HOCON text of its own, for a library that reads its settings itself:
    /// resolved, every key and every value quoted.</summary>
    public string Render(string path)
    {
        var value = Find(_root, path) ?? throw new SettingsException($"reference.conf does not name {path}");
        var reference = (HoconValue.Object)Find(_reference, path)!;
        _read.UnionWith(Leaves(reference, path + "."));
        var text = new StringBuilder();
        Render(text, path, value, reference);
        return text.ToString();
    }

    /// <summary>What is set below a path to another value than in reference.conf, each as a line of settings.</summary>
    public IEnumerable<string> Changed(string path) => Find(_root, path) is { } value
        ? Changed(value, Find(_reference, path), path, path)
        : [];

    private IEnumerable<string> Changed(HoconValue value, HoconValue? reference, string path, string quoted)
    {
        var here = Follow(value, path);
        if (here is HoconValue.Object inner)
        {
            return inner.Members.SelectMany(member => Changed(
                member.Value, (reference as HoconValue.Object)?.Members.GetValueOrDefault(member.Key),
                $"{path}.{member.Key}", $"{quoted}.{HoconText.Quote(member.Key)}"));
        }

        var text = Written(path, here);
        return reference is not null and not HoconValue.Object && text == Written(path, Follow(reference, path))
            ? []
            : [$"{quoted} = {text}"];
    }

    private string Written(string path, HoconValue value) => value is HoconValue.List list
        ? $"[{string.Join(", ", list.Items.Select(item => Written(path, item)))}]"
        : HoconText.Quote((Follow(value, path) as HoconValue.Text)?.Value ?? throw Wrong(path, "a single value"));

    private void Render(StringBuilder text, string path, HoconValue value, HoconValue? reference)
    {
        switch (Follow(value, path))
        {
            case HoconValue.Object inner:
                text.Append("{\n");
                foreach (var (key, member) in inner.Members)
                {
                    text.Append(JsonSerializer.Serialize(key)).Append(" : ");
                    Render(
                        text, $"{path}.{key}", member,
                        (reference as HoconValue.Object)?.Members.GetValueOrDefault(key));
                    text.Append('\n');
                }

                text.Append('}');
                break;
            case HoconValue.List list:
                text.Append('[').AppendJoin(", ", list.Items.Select(item => Quoted(path, item))).Append(']');
                break;
            case var scalar:
                RefuseOtherKind(path, scalar, reference);
                text.Append(Quoted(path, scalar));
                break;
        }
    }

    /// <summary>A library tells late, and in other words, that it cannot read a value. What is a duration in
    /// reference.conf is to be one, and so on.</summary>
    private void RefuseOtherKind(string path, HoconValue value, HoconValue? reference)
    {
        if (value is not HoconValue.Text { Value: var given } || reference is not HoconValue.Text { Value: var known })
        {
            return;
        }

        (bool IsOfKind, bool IsGiven, string Expected)[] kinds =
        [
            (ParseDuration(known) is not null, ParseDuration(given) is not null, "a duration such as 500ms or 10s"),
            (ParseSize(known) is not null, ParseSize(given) is not null, "a size such as 10MiB or 512kB"),
            (long.TryParse(known, out _), long.TryParse(given, out _), "a whole number"),
            (IsNumber(known), IsNumber(given), "a number"),
            (known is "on" or "off", given is "on" or "off" or "true" or "false", "on or off"),
        ];
        if (kinds.FirstOrDefault(kind => kind.IsOfKind) is { IsOfKind: true, IsGiven: false } wrong)
        {
            throw Wrong(path, wrong.Expected);
        }

        static bool IsNumber(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out _);
    }

    private string Quoted(string path, HoconValue value) => JsonSerializer.Serialize(
        (Follow(value, path) as HoconValue.Text)?.Value ?? throw Wrong(path, "a single value"),
        JsonSerializerOptions.Default);

    /// <summary>Every text with its path; keys may have dots of their own, so paths are joined and never
    /// split.</summary>
    private IEnumerable<KeyValuePair<string, string>> Texts(HoconValue.Object value, string prefix, string path) =>
        value.Members.SelectMany(member => member.Value switch
        {
            HoconValue.Object inner => Texts(inner, prefix + member.Key + ".", path),
            HoconValue.Text text => [new(prefix + member.Key, text.Value)],
            _ => throw Wrong(path, "an object of texts"),
        });

    private static TimeSpan? ParseDuration(string text)
    {
        foreach (var (unit, seconds) in DurationUnits)
        {
            if (TryUnit(text, unit, out var amount) && amount >= 0)
            {
                return TimeSpan.FromSeconds(amount * seconds);
            }
        }

        return null;
    }

    private static long? ParseSize(string text)
    {
        foreach (var (unit, bytes) in SizeUnits)
        {
            if (TryUnit(text, unit, out var amount) && amount >= 0)
            {
                return (long)(amount * bytes);
            }
        }

        return null;
    }

    private static bool TryUnit(string text, string unit, out double amount)
    {
        amount = 0;
        return text.EndsWith(unit, StringComparison.Ordinal)
            && double.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.Float, CultureInfo.InvariantCulture,
                out amount);
    }

    private HoconValue.Text Scalar(string path) =>
        Resolve(path) as HoconValue.Text ?? throw Wrong(path, "a single value");

    private HoconValue Resolve(string path)
    {
        _read.Add(path);
        return Follow(Find(_root, path) ?? throw new SettingsException($"reference.conf does not name {path}"), path);
    }

    private HoconValue Follow(HoconValue value, string path) => value switch
    {
        HoconValue.Reference reference => Lookup(reference)
            ?? throw new SettingsException(
                $"{reference.Origin}: {path} refers to ${{{reference.Path}}}, which is not set"),
        HoconValue.Fallback fallback => Lookup(fallback.First) ?? Follow(fallback.Otherwise, path),
        _ => value,
    };

    private HoconValue? Lookup(HoconValue.Reference reference) =>
        Find(_root, reference.Path) is HoconValue.Text found ? found
        : _environment(reference.Path) is { } variable ? new HoconValue.Text(variable, $"environment {reference.Path}")
        : null;

    private SettingsException Wrong(string path, string expected)
    {
        var value = Follow(Find(_root, path)!, path);
        var shown = value is HoconValue.Text text ? $"\"{text.Value}\"" : "this";
        return new SettingsException($"{value.Origin}: {path}: {shown} is not {expected}");
    }

    private static HoconValue? Find(HoconValue.Object root, string path)
    {
        HoconValue? current = root;
        foreach (var key in path.Split('.'))
        {
            current = (current as HoconValue.Object)?.Members.GetValueOrDefault(key);
        }

        return current;
    }

    private static void RefuseUnknown(HoconValue.Object given, HoconValue.Object known, string prefix)
    {
        foreach (var (key, value) in given.Members)
        {
            var path = prefix + key;
            if (!known.Members.TryGetValue(key, out var reference))
            {
                throw new SettingsException($"{value.Origin}: unknown setting {path}; {Nearest(key, known, prefix)}");
            }

            // An empty object in reference.conf has free keys (labels).
            if (value is HoconValue.Object inner && reference is HoconValue.Object { Members.Count: > 0 } expected)
            {
                RefuseUnknown(inner, expected, path + ".");
            }
        }
    }

    private static string Nearest(string key, HoconValue.Object known, string prefix)
    {
        var near = known.Members.Keys.FirstOrDefault(
            name => name.Contains(key, StringComparison.Ordinal) || key.Contains(name, StringComparison.Ordinal));
        return near is not null
            ? $"did you mean {prefix}{near}?"
            : $"known here: {string.Join(", ", known.Members.Keys)} (see reference.conf)";
    }

    private static IEnumerable<string> Leaves(HoconValue.Object value, string prefix) =>
        value.Members.SelectMany(member =>
        member.Value is HoconValue.Object { Members.Count: > 0 } inner
            ? Leaves(inner, prefix + member.Key + ".")
            : [prefix + member.Key]);

    private static HoconValue.Object ReadIncluded(string from, string name, int depth)
    {
        const int includeDepthMax = 8;
        var file = Path.GetFullPath(name, Path.GetDirectoryName(Path.GetFullPath(from))!);
        if (depth > includeDepthMax)
        {
            throw new SettingsException($"{from}: files include each other more than {includeDepthMax} deep");
        }

        if (!File.Exists(file))
        {
            throw new SettingsException($"{from}: the included file {file} does not exist");
        }

        return HoconParser.Parse(File.ReadAllText(file), file, inner => ReadIncluded(file, inner, depth + 1));
    }

    private static HoconValue.Object NoInclude(string name) =>
        throw new SettingsException($"reference.conf includes nothing, but names {name}");
}
