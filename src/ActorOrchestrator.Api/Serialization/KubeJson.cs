using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using ActorOrchestrator.Api.Serialization.Codecs;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>
/// The model as JSON, in UTF-8: names, omissions and messages as Kubernetes has them. Unknown fields are dropped, and
/// reported on demand. The log stores the same form.
/// </summary>
public static class KubeJson
{
    /// <summary>Kubernetes' limit of a request body.</summary>
    public const int BodyBytesMax = 3 * 1024 * 1024;

    /// <summary>Nesting beyond this is refused: the deepest field of any kind is less than a third as deep.</summary>
    public const int DepthMax = 100;

    /// <summary>What objects are sent in (a list, a table, a message) is that much deeper.</summary>
    public const int SentDepthMax = DepthMax + 10;

    /// <summary>Compact, and without escapes that JSON does not ask for.</summary>
    public static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = DepthMax };

    /// <summary>
    /// Decodes a request's body as an object of a kind. A body without apiVersion or kind is taken for one.
    /// </summary>
    /// <param name="utf8">The body.</param>
    /// <param name="kind">The kind that it is to be.</param>
    /// <param name="validation">What becomes of unknown and repeated fields.</param>
    /// <param name="complaint">What a strict caller refuses of the text that the body was converted from.</param>
    public static DecodeOutcome Decode(
        ReadOnlySpan<byte> utf8, ResourceKind kind, FieldValidation validation, string? complaint = null)
    {
        var state = new DecodeState(validation != FieldValidation.Ignore);
        if (complaint is not null)
        {
            state.AddStrict(complaint);
        }

        TypeInBody? type = null;
        try
        {
            CheckText(utf8);
            type = Guarded(utf8, static reader => TypeInBody.Peek(reader));
            if (type.MismatchWith(kind) is { } mismatch)
            {
                return new DecodeOutcome.Refused(mismatch);
            }

            // A name that comes again counts the last time, and what was looked at is the first.
            var @object = (KubeObject)Read(utf8, kind.ClrType, state);
            if (new TypeInBody(@object.ApiVersion, @object.Kind).MismatchWith(kind) is { } other)
            {
                return new DecodeOutcome.Refused(other);
            }

            if (validation == FieldValidation.Strict && state.StrictErrors.Count > 0)
            {
                throw new KubeJsonException("strict decoding error: " + string.Join(", ", state.StrictErrors));
            }

            var named = @object.ApiVersion.Length > 0 && @object.Kind.Length > 0
                ? @object
                : @object with { ApiVersion = kind.ApiVersion, Kind = kind.Kind };
            return new DecodeOutcome.Decoded(named, state.StrictErrors.ToValueList());
        }
        catch (KubeJsonException error)
        {
            return new DecodeOutcome.Refused(type is null
                ? DecodeMessages.Unrecognized(kind, error.Message, utf8)
                : type.CannotBeHandled(kind, error.Message));
        }
    }

    /// <summary>Reads a record of the model.</summary>
    /// <exception cref="KubeJsonException">The JSON is broken, or does not fit the type.</exception>
    public static T Read<T>(ReadOnlySpan<byte> utf8) where T : class =>
        (T)Read(utf8, typeof(T), new DecodeState(collectsStrictErrors: false));

    /// <summary>Reads an object of whatever registered kind the JSON says it is.</summary>
    /// <exception cref="KubeJsonException">The JSON is broken, or of no registered kind.</exception>
    public static KubeObject ReadObject(ReadOnlySpan<byte> utf8)
    {
        var kind = Guarded(utf8, static reader => TypeInBody.Peek(reader).Registered());
        return (KubeObject)Read(utf8, kind.ClrType, new DecodeState(collectsStrictErrors: false));
    }

    /// <summary>The <c>apiVersion</c> and <c>kind</c> that a JSON object names; empty where it does not.</summary>
    /// <exception cref="KubeJsonException">The JSON is broken, or is no object.</exception>
    public static (string ApiVersion, string Kind) PeekType(ReadOnlySpan<byte> utf8)
    {
        CheckText(utf8);
        var type = Guarded(utf8, static reader => TypeInBody.Peek(reader));
        return (type.ApiVersion, type.Kind);
    }

    /// <summary>Writes any record of the model.</summary>
    public static void Write(Utf8JsonWriter writer, object value) =>
        CodecFactory.ForObject(value.GetType()).WriteObject(writer, value);

    public static void Write(IBufferWriter<byte> output, object value)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        Write(writer, value);
    }

    public static byte[] Encode(object value)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        Write(output, value);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a list of a kind (<c>PodList</c>); <c>items</c> is there even when empty.</summary>
    public static void WriteList(
        IBufferWriter<byte> output, ResourceKind kind, ListMeta metadata, IEnumerable<KubeObject> items)
    {
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("kind"u8, kind.ListKind);
        writer.WriteString("apiVersion"u8, kind.ApiVersion);
        writer.WritePropertyName("metadata"u8);
        Write(writer, metadata);
        writer.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            Write(writer, item);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static object Read(ReadOnlySpan<byte> utf8, Type type, DecodeState state)
    {
        var reader = new Utf8JsonReader(utf8, ReaderOptions);
        try
        {
            reader.Read();
            var value = CodecFactory.ForObject(type).ReadObject(ref reader, state);
            while (reader.Read())
            {
                // Anything but spaces after the value makes the reader throw.
            }

            return value;
        }
        catch (JsonException broken)
        {
            throw new KubeJsonException(DecodeMessages.Broken(broken, utf8), broken);
        }
        catch (InvalidOperationException broken) when (broken.Message.Contains("UTF-16", StringComparison.Ordinal))
        {
            // The one thing the reader finds out late: half of a surrogate pair, written as an escape.
            throw new KubeJsonException("json: invalid surrogate pair in a string", broken);
        }
    }

    private delegate T OnReader<out T>(Utf8JsonReader reader);

    private static T Guarded<T>(ReadOnlySpan<byte> utf8, OnReader<T> read)
    {
        try
        {
            return read(new Utf8JsonReader(utf8, ReaderOptions));
        }
        catch (JsonException broken)
        {
            throw new KubeJsonException(DecodeMessages.Broken(broken, utf8), broken);
        }
        catch (InvalidOperationException broken) when (broken.Message.Contains("UTF-16", StringComparison.Ordinal))
        {
            throw new KubeJsonException("json: invalid surrogate pair in a string", broken);
        }
    }

    private static void CheckText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BodyBytesMax)
        {
            throw new KubeJsonException($"limit is {BodyBytesMax}");
        }

        if (!Utf8.IsValid(utf8))
        {
            throw new KubeJsonException("json: the text is not valid UTF-8");
        }
    }
}
