namespace ActorOrchestrator.Api;

/// <summary>One line that OpenAPI and <c>kubectl explain</c> show for a field or a type.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class DocAttribute(string text) : Attribute
{
    public string Text { get; } = text;
}

/// <summary>OpenAPI's <c>required</c>: the field is written even when empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>Not required of the user, but written even when empty (no <c>omitempty</c> in Kubernetes' type).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AlwaysWrittenAttribute : Attribute;

/// <summary>An optional string whose empty value differs from its absence (a Go <c>*string</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PointerAttribute : Attribute;

/// <summary>Bytes, held and written as their base64 text; other text is refused when decoding.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class Base64Attribute : Attribute;

/// <summary>The name on the wire where it is not the property's name with a small first letter.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class WireNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary><c>x-kubernetes-patch-merge-key</c>: the element field that strategic merge matches by.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MergeKeyAttribute(string key) : Attribute
{
    public string Key { get; } = key;
}

/// <summary>
/// <c>x-kubernetes-patch-strategy</c>: <c>merge</c>, <c>replace</c> and <c>retainKeys</c>, comma-separated.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatchStrategyAttribute(string strategy) : Attribute
{
    public string Strategy { get; } = strategy;
}

/// <summary>
/// <c>x-kubernetes-list-type: map</c> and its <c>list-map-keys</c>: server-side apply merges by these.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public IReadOnlyList<string> Keys { get; } = keys;
}

/// <summary><c>x-kubernetes-list-type: set</c>; a list with neither mark is atomic.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary><c>x-kubernetes-map-type: atomic</c>: a map or struct that server-side apply replaces as a whole.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class AtomicAttribute : Attribute;

/// <summary>The values that Kubernetes documents for a string field (OpenAPI's <c>enum</c>).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ValuesAttribute(params string[] values) : Attribute
{
    public IReadOnlyList<string> Values { get; } = values;
}

/// <summary>The OpenAPI package of a type whose C# namespace belongs to another one.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class DefinedInAttribute(string package) : Attribute
{
    public string Package { get; } = package;
}
