using System.Collections;
using System.Globalization;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The complaints about one object, in the order in which they were found.</summary>
public sealed class FieldErrors : IReadOnlyList<FieldError>
{
    private readonly List<FieldError> _errors = [];

    public int Count => _errors.Count;

    public FieldError this[int index] => _errors[index];

    public void Add(FieldError error) => _errors.Add(error);

    public void Required(FieldPath path, string detail = "") => Add(FieldErrorType.Required, path, null, detail);

    /// <summary>A complaint about a text that is not there.</summary>
    public void Need(FieldPath path, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Required(path);
        }
    }

    public void NeedAny(FieldPath path, ValueList<string> values)
    {
        if (values.Count == 0)
        {
            Required(path);
        }
    }

    public void Forbidden(FieldPath path, string detail) => Add(FieldErrorType.Forbidden, path, null, detail);

    public void Invalid(FieldPath path, string value, string detail) =>
        Add(FieldErrorType.Invalid, path, FieldError.Quote(value), detail);

    public void Invalid(FieldPath path, long value, string detail) =>
        Add(FieldErrorType.Invalid, path, value.ToString(CultureInfo.InvariantCulture), detail);

    public void Invalid(FieldPath path, bool value, string detail) =>
        Add(FieldErrorType.Invalid, path, value ? "true" : "false", detail);

    /// <summary>One complaint per message of a <see cref="NameRules"/> rule.</summary>
    public void Invalid(FieldPath path, string value, IReadOnlyList<string> messages)
    {
        foreach (var message in messages)
        {
            Invalid(path, value, message);
        }
    }

    public void Invalid(FieldPath path, long value, IReadOnlyList<string> messages)
    {
        foreach (var message in messages)
        {
            Invalid(path, value, message);
        }
    }

    /// <summary>A complaint about a map, a list or an object; <paramref name="json"/> is shown as it is.</summary>
    public void InvalidJson(FieldPath path, string json, string detail) =>
        Add(FieldErrorType.Invalid, path, json, detail);

    public void NotSupported(FieldPath path, string value, params ReadOnlySpan<string> supported)
    {
        var detail = supported.IsEmpty ? "" : "supported values: " + string.Join(", ", Quoted(supported));
        Add(FieldErrorType.NotSupported, path, FieldError.Quote(value), detail);
    }

    public void Duplicate(FieldPath path, string value) =>
        Add(FieldErrorType.Duplicate, path, FieldError.Quote(value), "");

    public void Duplicate(FieldPath path, long value) =>
        Add(FieldErrorType.Duplicate, path, value.ToString(CultureInfo.InvariantCulture), "");

    public void DuplicateJson(FieldPath path, string json) => Add(FieldErrorType.Duplicate, path, json, "");

    public void NotFound(FieldPath path, string value) =>
        Add(FieldErrorType.NotFound, path, FieldError.Quote(value), "");

    public void TooLong(FieldPath path, int bytesMax) =>
        Add(FieldErrorType.TooLong, path, null, $"may not be more than {bytesMax} bytes");

    public void TooMany(FieldPath path, int count, int countMax) => Add(
        FieldErrorType.TooMany, path, count.ToString(CultureInfo.InvariantCulture),
        $"must have at most {countMax} {(countMax == 1 ? "item" : "items")}");

    /// <summary>
    /// The 422 Status for these complaints, e.g. <c>Deployment.apps "x" is invalid: [...]</c>; equal messages are
    /// named once in the text, but every complaint is a cause.
    /// </summary>
    public Status ToStatus(ResourceKind kind, string name)
    {
        var qualified = kind.Group.Length == 0 ? kind.Kind : $"{kind.Kind}.{kind.Group}";
        var messages = _errors.Select(error => error.ToString()).Distinct().ToList();
        var list = messages.Count == 1 ? messages[0] : $"[{string.Join(", ", messages)}]";
        return new Status
        {
            Result = "Failure",
            Message = $"{qualified} {FieldError.Quote(name)} is invalid: {list}",
            Reason = StatusReasons.Invalid,
            Details = new StatusDetails
            {
                Name = name,
                Group = kind.Group,
                Kind = kind.Kind,
                Causes = _errors.Select(error => new StatusCause
                {
                    Reason = error.Reason, Message = error.Body, Field = error.Field,
                }).ToValueList(),
            },
            Code = HttpCode.UnprocessableEntity,
        };
    }

    public IEnumerator<FieldError> GetEnumerator() => _errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string[] Quoted(ReadOnlySpan<string> values)
    {
        var quoted = new string[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            quoted[i] = FieldError.Quote(values[i]);
        }

        return quoted;
    }

    private void Add(FieldErrorType type, FieldPath path, string? badValue, string detail) =>
        _errors.Add(new FieldError(type, path.ToString(), badValue, detail));
}
