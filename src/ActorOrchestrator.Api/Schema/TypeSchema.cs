using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ActorOrchestrator.Api.Schema;

/// <summary>What a JSON value of a type looks like. <c>Opaque</c> is JSON that no schema describes.</summary>
public enum NodeKind { Scalar, Object, List, Map, Opaque }

/// <summary>What a scalar's JSON value is.</summary>
public enum ScalarKind { None, Text, Bytes, Boolean, Int32, Int64, Time, MicroTime, Quantity, IntOrString }

/// <summary>
/// The shape of a value on the wire, read once from the records and their attributes. Strategic merge, server-side
/// apply, decoding with its unknown-field errors, and OpenAPI all read this one tree.
/// </summary>
public sealed class TypeSchema
{
    private static readonly ConcurrentDictionary<(Type Type, bool Bytes), TypeSchema> Known = new();

    private readonly Lazy<TypeSchema?> _element;
    private readonly Lazy<ObjectFields> _fields;

    private TypeSchema(Type type, bool bytes)
    {
        ClrType = type;
        (Kind, Scalar) = Classify(type, bytes);
        GoName = NameInGo(type, Scalar);
        IsAtomic = Kind == NodeKind.Object && type.IsDefined(typeof(AtomicAttribute), inherit: false);
        _element = new(() => Kind is NodeKind.List or NodeKind.Map ? Of(type.GetGenericArguments()[0], bytes) : null);
        _fields = new(() => ObjectFields.Of(this));
    }

    public Type ClrType { get; }

    public NodeKind Kind { get; }

    /// <summary><see cref="ScalarKind.None"/> unless <see cref="Kind"/> is a scalar.</summary>
    public ScalarKind Scalar { get; }

    /// <summary>The type as Go's errors name it: <c>PodSpec</c>, <c>int32</c>, <c>string</c>.</summary>
    public string GoName { get; }

    /// <summary>
    /// Whether server-side apply owns and replaces values of this type as a whole, wherever they stand.
    /// </summary>
    public bool IsAtomic { get; }

    /// <summary>Of a list's elements or of a map's values; null for other kinds.</summary>
    public TypeSchema? Element => _element.Value;

    /// <summary>An object's fields in the order they are written; empty for other kinds.</summary>
    public IReadOnlyList<FieldSchema> Fields => _fields.Value.Ordered;

    public static TypeSchema Of<T>() => Of(typeof(T));

    public static TypeSchema Of(ResourceKind kind) => Of(kind.ClrType);

    public static TypeSchema Of(Type type) => Of(type, bytes: false);

    /// <summary>Of a field by its name on the wire.</summary>
    public bool TryField(string wireName, [NotNullWhen(true)] out FieldSchema? field) =>
        _fields.Value.ByName.TryGetValue(wireName, out field);

    public override string ToString() => $"{Kind} {GoName}";

    internal static TypeSchema Of(Type type, bool bytes)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return Known.GetOrAdd((plain, bytes), static key => new TypeSchema(key.Type, key.Bytes));
    }

    private static (NodeKind, ScalarKind) Classify(Type type, bool bytes)
    {
        if (type == typeof(string))
        {
            return (NodeKind.Scalar, bytes ? ScalarKind.Bytes : ScalarKind.Text);
        }

        if (type == typeof(bool))
        {
            return (NodeKind.Scalar, ScalarKind.Boolean);
        }

        if (type == typeof(int))
        {
            return (NodeKind.Scalar, ScalarKind.Int32);
        }

        if (type == typeof(long))
        {
            return (NodeKind.Scalar, ScalarKind.Int64);
        }

        if (type == typeof(DateTimeOffset))
        {
            return (NodeKind.Scalar, ScalarKind.Time);
        }

        if (type == typeof(MicroTime))
        {
            return (NodeKind.Scalar, ScalarKind.MicroTime);
        }

        if (type == typeof(Quantity))
        {
            return (NodeKind.Scalar, ScalarKind.Quantity);
        }

        if (type == typeof(IntOrString))
        {
            return (NodeKind.Scalar, ScalarKind.IntOrString);
        }

        if (type == typeof(RawJson))
        {
            return (NodeKind.Opaque, ScalarKind.None);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
        {
            return (NodeKind.List, ScalarKind.None);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueMap<>))
        {
            return (NodeKind.Map, ScalarKind.None);
        }

        return type.IsClass
            ? (NodeKind.Object, ScalarKind.None)
            : throw new ArgumentException($"{type} has no form on the wire", nameof(type));
    }

    private static string NameInGo(Type type, ScalarKind scalar) => scalar switch
    {
        ScalarKind.Text => "string",
        ScalarKind.Bytes => "[]uint8",
        ScalarKind.Boolean => "bool",
        ScalarKind.Int32 => "int32",
        ScalarKind.Int64 => "int64",
        ScalarKind.Time => "v1.Time",
        ScalarKind.MicroTime => "v1.MicroTime",
        ScalarKind.Quantity => "resource.Quantity",
        ScalarKind.IntOrString => "intstr.IntOrString",
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>) =>
            "[]" + ElementInGo(type),
        _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueMap<>) =>
            "map[string]" + ElementInGo(type),
        _ => type.Name,
    };

    private static string ElementInGo(Type collection)
    {
        var element = Of(collection.GetGenericArguments()[0]);
        return element.Kind == NodeKind.Object ? "v1." + element.GoName : element.GoName;
    }

    private sealed record ObjectFields(
        IReadOnlyList<FieldSchema> Ordered, FrozenDictionary<string, FieldSchema> ByName)
    {
        public static ObjectFields Of(TypeSchema schema)
        {
            var fields = schema.Kind == NodeKind.Object ? FieldSchema.OfType(schema.ClrType) : [];
            return new(fields, fields.ToFrozenDictionary(field => field.WireName, StringComparer.Ordinal));
        }
    }
}
