using System.Reflection;

namespace ActorOrchestrator.Api.Schema;

/// <summary><c>x-kubernetes-list-type</c>.</summary>
public enum ListType { Atomic, Set, Map }

/// <summary>A field of an object: its name, its type, and how patches treat it.</summary>
public sealed class FieldSchema
{
    private FieldSchema(PropertyInfo property)
    {
        // Read once: looking each kind of attribute up by itself made the first pod take a third of a second.
        var marks = property.GetCustomAttributes(inherit: false);
        T? Mark<T>() where T : Attribute => Array.Find(marks, static mark => mark is T) as T;

        Property = property;
        WireName = Mark<WireNameAttribute>()?.Name ?? LowerFirst(property.Name);
        Type = TypeSchema.Of(property.PropertyType, Mark<Base64Attribute>() is not null);
        Doc = Mark<DocAttribute>()?.Text ?? "";
        IsRequired = Mark<RequiredAttribute>() is not null;
        IsAlwaysWritten = IsRequired || Mark<AlwaysWrittenAttribute>() is not null;
        KeepsEmptyText = Mark<PointerAttribute>() is not null;
        MergeKey = Mark<MergeKeyAttribute>()?.Key;
        PatchStrategies = Mark<PatchStrategyAttribute>() is { } strategy ? [.. strategy.Strategy.Split(',')] : [];
        ListMapKeys = Mark<ListMapAttribute>() is { } map ? map.Keys.ToValueList() : [];
        ListType = ListMapKeys.Count > 0 ? ListType.Map
            : Mark<ListSetAttribute>() is not null ? ListType.Set
            : ListType.Atomic;
        IsAtomic = Mark<AtomicAttribute>() is not null || Type.IsAtomic
            || (Type.Kind == NodeKind.List && ListType == ListType.Atomic);
        Values = Mark<ValuesAttribute>() is { } values ? values.Values.ToValueList() : [];
    }

    public PropertyInfo Property { get; }

    public string WireName { get; }

    public TypeSchema Type { get; }

    /// <summary>The one-line description, or empty.</summary>
    public string Doc { get; }

    public bool IsRequired { get; }

    /// <summary>Written even when empty or zero.</summary>
    public bool IsAlwaysWritten { get; }

    /// <summary>Whether the empty text is a value of its own (a Go <c>*string</c>).</summary>
    public bool KeepsEmptyText { get; }

    /// <summary>
    /// Strategic merge: the element field to match by; null for lists that are replaced or merged by value.
    /// </summary>
    public string? MergeKey { get; }

    /// <summary>
    /// Strategic merge: <c>merge</c>, <c>replace</c>, <c>retainKeys</c>; empty means Kubernetes' default.
    /// </summary>
    public ValueList<string> PatchStrategies { get; }

    /// <summary>Server-side apply: how a list merges. Means nothing for a field that is no list.</summary>
    public ListType ListType { get; }

    /// <summary>Server-side apply: the element fields that identify an element of a map list.</summary>
    public ValueList<string> ListMapKeys { get; }

    /// <summary>Server-side apply replaces the value as a whole: an atomic list, map or struct.</summary>
    public bool IsAtomic { get; }

    /// <summary>The values that are documented for a text, or empty.</summary>
    public ValueList<string> Values { get; }

    public override string ToString() => $"{WireName}: {Type}";

    /// <summary>The fields of a record: <c>apiVersion</c>, <c>kind</c> and <c>metadata</c> first.</summary>
    internal static IReadOnlyList<FieldSchema> OfType(Type type)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && property.GetIndexParameters().Length == 0)
            .ToArray();
        var inherited = properties.Where(property => property.DeclaringType != type);
        var own = properties.Where(property => property.DeclaringType == type);
        return [.. inherited.Concat(own).Select(property => new FieldSchema(property))];
    }

    private static string LowerFirst(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
