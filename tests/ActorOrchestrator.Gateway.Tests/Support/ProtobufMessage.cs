using Google.Protobuf;

namespace ActorOrchestrator.Gateway.Tests.Support;

/// <summary>A message without a type, field by field.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<Action<CodedOutputStream>> _fields = [];

    public ProtobufMessage Text(int field, string value) => With(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    public ProtobufMessage Flag(int field, bool value) => With(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteBool(value);
    });

    public ProtobufMessage Nested(int field, ProtobufMessage value) => With(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value.ToArray()));
    });

    public byte[] ToArray()
    {
        using var bytes = new MemoryStream();
        using var output = new CodedOutputStream(bytes, leaveOpen: true);
        foreach (var field in _fields)
        {
            field(output);
        }

        output.Flush();
        return bytes.ToArray();
    }

    private ProtobufMessage With(Action<CodedOutputStream> field)
    {
        _fields.Add(field);
        return this;
    }
}
