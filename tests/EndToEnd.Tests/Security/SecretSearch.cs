using System.Text;
using System.Text.Encodings.Web;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>Finds a secret's value in files, however it may have got there: as it is, as a JSON string's content, in
/// UTF-16, and any of these in base64, alone or amid other text.</summary>
internal sealed class SecretSearch
{
    /// <summary>Fewer bytes would be found by chance.</summary>
    private const int NeedleBytesMin = 8;

    private readonly List<(string Value, byte[] Needle)> _needles = [];

    /// <param name="values">Of eight bytes and more.</param>
    public SecretSearch(params IEnumerable<string> values)
    {
        foreach (var value in values)
        {
            _needles.AddRange(FormsOf(value).Distinct().Select(form => (value, Encoding.Latin1.GetBytes(form))));
        }
    }

    /// <summary>Every find, as <c>file: value</c>.</summary>
    public IReadOnlyList<string> In(IEnumerable<string> files) =>
        [.. files.SelectMany(file => ValuesIn(Read(file)).Select(value => $"{file}: {value}"))];

    public IEnumerable<string> ValuesIn(byte[] content) =>
        _needles.Where(each => content.AsSpan().IndexOf(each.Needle) >= 0).Select(each => each.Value).Distinct();

    /// <summary>As Latin-1, in which every byte is a letter.</summary>
    private static IEnumerable<string> FormsOf(string value)
    {
        string[] plain =
        [
            value, JavaScriptEncoder.Default.Encode(value), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value),
            value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal),
        ];
        foreach (var bytes in plain.SelectMany(text =>
            (byte[][])[Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)]))
        {
            yield return Encoding.Latin1.GetString(bytes);
            foreach (var lead in Enumerable.Range(0, 3))
            {
                yield return Base64Amid(bytes, lead);
            }
        }
    }

    /// <summary>What of the base64 of a longer text depends on these bytes alone, when so many others (modulo three)
    /// come before them.</summary>
    private static string Base64Amid(byte[] bytes, int lead)
    {
        var encoded = Convert.ToBase64String([.. new byte[lead], .. bytes]);
        var first = ((lead * 8) + 5) / 6;
        var end = (lead + bytes.Length) * 8 / 6;
        return encoded[first..end] is { Length: >= NeedleBytesMin } needle
            ? needle
            : throw new ArgumentException($"\"{Encoding.UTF8.GetString(bytes)}\" is too short to be searched for");
    }

    private static byte[] Read(string file)
    {
        try
        {
            using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var content = new MemoryStream();
            stream.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Renamed or removed since it was listed.
            return [];
        }
    }
}
