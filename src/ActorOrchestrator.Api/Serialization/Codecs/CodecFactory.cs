using System.Collections.Concurrent;
using ActorOrchestrator.Api.Schema;

namespace ActorOrchestrator.Api.Serialization.Codecs;

/// <summary>Makes, once each, the codecs that the types' schemas call for.</summary>
internal static class CodecFactory
{
    private static readonly ConcurrentDictionary<(Type, ScalarKind, bool KeepsEmptyText), ValueCodec> Known = new();
    private static readonly ConcurrentDictionary<Type, IObjectCodec> Objects = new();

    /// <summary>For a record of the model.</summary>
    public static IObjectCodec ForObject(Type type) =>
        Objects.GetOrAdd(type, static type => (IObjectCodec)For(type, TypeSchema.Of(type), keepsEmptyText: false));

    public static ValueCodec<T> For<T>() => (ValueCodec<T>)For(typeof(T), TypeSchema.Of<T>(), keepsEmptyText: false);

    /// <summary>For the values of a field; <paramref name="type"/> may be a nullable value type.</summary>
    public static ValueCodec For(Type type, FieldSchema field) => For(type, field.Type, field.KeepsEmptyText);

    private static ValueCodec For(Type type, TypeSchema schema, bool keepsEmptyText)
    {
        var leaf = schema;
        while (leaf.Element is { } element)
        {
            leaf = element;
        }

        var key = (type, leaf.Scalar, keepsEmptyText);
        return Known.TryGetValue(key, out var known)
            ? known
            // Two threads may both make one; either serves, since codecs have no state.
            : Known.GetOrAdd(key, Make(type, schema, keepsEmptyText));
    }

    private static ValueCodec Make(Type type, TypeSchema schema, bool keepsEmptyText)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Generic(typeof(NullableCodec<>), underlying, For(underlying, schema, keepsEmptyText));
        }

        return schema.Kind switch
        {
            NodeKind.Object => Generic(typeof(ObjectCodec<>), type),
            NodeKind.List => Collection(typeof(ListCodec<>), type, schema),
            NodeKind.Map => Collection(typeof(MapCodec<>), type, schema),
            NodeKind.Opaque => new RawJsonCodec(),
            _ => Scalar(schema.Scalar, keepsEmptyText),
        };
    }

    private static ValueCodec Collection(Type codec, Type type, TypeSchema schema)
    {
        var element = type.GetGenericArguments()[0];
        return Generic(codec, element, For(element, schema.Element!, keepsEmptyText: false));
    }

    private static ValueCodec Generic(Type codec, Type argument, params object[] arguments) =>
        (ValueCodec)Activator.CreateInstance(codec.MakeGenericType(argument), arguments)!;

    private static ValueCodec Scalar(ScalarKind scalar, bool keepsEmptyText) => scalar switch
    {
        ScalarKind.Text => keepsEmptyText ? new TextPointerCodec() : new TextCodec(),
        ScalarKind.Bytes => new Base64Codec(),
        ScalarKind.Boolean => new BooleanCodec(),
        ScalarKind.Int32 => new Int32Codec(),
        ScalarKind.Int64 => new Int64Codec(),
        ScalarKind.Time => new TimeCodec(),
        ScalarKind.MicroTime => new MicroTimeCodec(),
        ScalarKind.Quantity => new QuantityCodec(),
        ScalarKind.IntOrString => new IntOrStringCodec(),
        _ => throw new ArgumentOutOfRangeException(nameof(scalar), scalar, "no scalar"),
    };
}
