using System.Text.Json;
using System.Text.Json.Serialization;
using ActorOrchestrator.Api.Serialization.Codecs;

namespace ActorOrchestrator.Api.Serialization;

/// <summary>Lets System.Text.Json read and write an object of any registered kind inside another record.</summary>
public sealed class KubeObjectConverter : JsonConverter<KubeObject>
{
    public override bool CanConvert(Type typeToConvert) => typeof(KubeObject).IsAssignableFrom(typeToConvert);

    public override KubeObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var kind = TypeInBody.Peek(reader).Registered();
        return (KubeObject)CodecFactory.ForObject(kind.ClrType)
            .ReadObject(ref reader, new DecodeState(collectsStrictErrors: false));
    }

    public override void Write(Utf8JsonWriter writer, KubeObject value, JsonSerializerOptions options) =>
        KubeJson.Write(writer, value);
}

/// <summary>
/// Lets System.Text.Json read and write a record, list, map or scalar of the model inside another record.
/// </summary>
public sealed class KubeValueConverter<T> : JsonConverter<T>
{
    private readonly ValueCodec<T> _codec = CodecFactory.For<T>();

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        _codec.Read(ref reader, new DecodeState(collectsStrictErrors: false), typeof(T).Name);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        _codec.Write(writer, value);
}
