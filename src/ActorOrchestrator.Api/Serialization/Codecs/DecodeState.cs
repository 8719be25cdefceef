using System.Text;
using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Where decoding stands, and what it found that a strict caller refuses.</summary>
internal sealed class DecodeState(bool collectsStrictErrors)
{
    /// <summary>Kubernetes reports no more than this many, so that a hostile body cannot grow the answer.</summary>
    private const int StrictErrorsMax = 100;

    private readonly List<(string? Field, int Index)> _path = [];
    private readonly List<string> _strictErrors = [];

    public bool CollectsStrictErrors { get; } = collectsStrictErrors;

    public IReadOnlyList<string> StrictErrors => _strictErrors;

    public void EnterField(string name) => _path.Add((name, 0));

    public void EnterIndex(int index) => _path.Add((null, index));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public void AddUnknown(string name) => AddStrict("unknown field", name);

    public void AddDuplicate(string name) => AddStrict("duplicate field", name);

    /// <summary>
    /// Go's <c>UnmarshalTypeError</c>; <paramref name="found"/> is <c>string</c>, <c>number</c>, <c>object</c> ...
    /// </summary>
    public KubeJsonException Mismatch(string found, string owner, string goType)
    {
        var path = string.Join('.', _path.Where(step => step.Field is not null).Select(step => step.Field));
        var target = path.Length == 0 ? "value" : $"struct field {owner}.{path}";
        return new KubeJsonException($"json: cannot unmarshal {found} into Go {target} of type {goType}");
    }

    public static string Name(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "bool",
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
        _ => "null",
    };

    public void AddStrict(string error)
    {
        if (CollectsStrictErrors && _strictErrors.Count < StrictErrorsMax)
        {
            _strictErrors.Add(error);
        }
    }

    private void AddStrict(string what, string name)
    {
        if (CollectsStrictErrors)
        {
            AddStrict($"{what} \"{PathTo(name)}\"");
        }
    }

    private string PathTo(string name)
    {
        var text = new StringBuilder();
        foreach (var (field, index) in _path)
        {
            if (field is null)
            {
                text.Append('[').Append(index).Append(']');
            }
            else
            {
                text.Append(text.Length > 0 ? "." : "").Append(field);
            }
        }

        return text.Append(text.Length > 0 ? "." : "").Append(name).ToString();
    }
}
