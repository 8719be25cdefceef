using System.Text.Json;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Reads and writes values of one type. Built once per type from its schema; has no state.</summary>
internal abstract class ValueCodec
{
    /// <summary>The type as Go's errors name it.</summary>
    public abstract string GoType { get; }
}

internal abstract class ValueCodec<T> : ValueCodec
{
    /// <summary>What a null stands for where there is no field to leave alone: in a list or a map.</summary>
    public virtual T Zero => default!;

    /// <summary>
    /// Reads the value that the reader stands on and leaves the reader on its last token. A JSON null never gets
    /// here: the caller leaves the field as it is, as Go does.
    /// </summary>
    public abstract T Read(ref Utf8JsonReader reader, DecodeState state, string owner);

    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Whether <c>omitempty</c> omits the value.</summary>
    public abstract bool IsEmpty(T value);
}

/// <summary>An optional value of a value type; absent is null, and zero is a value.</summary>
internal sealed class NullableCodec<T>(ValueCodec<T> inner) : ValueCodec<T?> where T : struct
{
    public override string GoType => inner.GoType;

    public override T? Read(ref Utf8JsonReader reader, DecodeState state, string owner) =>
        inner.Read(ref reader, state, owner);

    public override void Write(Utf8JsonWriter writer, T? value)
    {
        if (value is { } present)
        {
            inner.Write(writer, present);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    public override bool IsEmpty(T? value) => value is null;
}
