using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorOrchestrator.Api.Validation;

/// <summary>The classes of complaints about a field (k8s.io/apimachinery field.ErrorType).</summary>
public enum FieldErrorType
{
    NotFound,
    Required,
    Duplicate,
    Invalid,
    NotSupported,
    Forbidden,
    TooLong,
    TooMany,
    TypeInvalid,
    Internal,
}

/// <summary>
/// One complaint about one field. <c>BadValue</c> is the offending value as JSON, and null where the message does
/// not show it (required, forbidden, too long).
/// </summary>
public sealed record FieldError(FieldErrorType Type, string Field, string? BadValue, string Detail)
{
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>The machine-readable word of a Status cause, e.g. <c>FieldValueRequired</c>.</summary>
    public string Reason => Type switch
    {
        FieldErrorType.NotFound => "FieldValueNotFound",
        FieldErrorType.Required => "FieldValueRequired",
        FieldErrorType.Duplicate => "FieldValueDuplicate",
        FieldErrorType.Invalid => "FieldValueInvalid",
        FieldErrorType.NotSupported => "FieldValueNotSupported",
        FieldErrorType.Forbidden => "FieldValueForbidden",
        FieldErrorType.TooLong => "FieldValueTooLong",
        FieldErrorType.TooMany => "FieldValueTooMany",
        FieldErrorType.TypeInvalid => "FieldValueTypeInvalid",
        FieldErrorType.Internal => "InternalError",
        _ => throw new InvalidOperationException($"unknown field error type {Type}"),
    };

    /// <summary>The message without the field's path, e.g. <c>Invalid value: 70000: must be between ...</c>.</summary>
    public string Body
    {
        get
        {
            var text = BadValue is null ? Label : $"{Label}: {BadValue}";
            return Detail.Length == 0 ? text : $"{text}: {Detail}";
        }
    }

    private string Label => Type switch
    {
        FieldErrorType.NotFound => "Not found",
        FieldErrorType.Required => "Required value",
        FieldErrorType.Duplicate => "Duplicate value",
        FieldErrorType.Invalid or FieldErrorType.TypeInvalid => "Invalid value",
        FieldErrorType.NotSupported => "Unsupported value",
        FieldErrorType.Forbidden => "Forbidden",
        FieldErrorType.TooLong => "Too long",
        FieldErrorType.TooMany => "Too many",
        FieldErrorType.Internal => "Internal error",
        _ => throw new InvalidOperationException($"unknown field error type {Type}"),
    };

    public override string ToString() => $"{Field}: {Body}";

    /// <summary>The value as a JSON string; characters such as <c>&lt;</c> and <c>é</c> stay as they are.</summary>
    public static string Quote(string value) => $"\"{JsonEncodedText.Encode(value, Encoder)}\"";
}
