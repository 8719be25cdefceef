using System.Globalization;
using System.Text;

namespace ActorOrchestrator.Api.Validation;

/// <summary>
/// Where in an object a value stands, e.g. <c>spec.containers[0].env[name].value</c>. A path is a chain of its
/// steps and becomes text only for an error, so that validating a good object costs no string building.
/// </summary>
public sealed class FieldPath
{
    private readonly FieldPath? _parent;
    private readonly string? _name;
    private readonly string? _key;
    private readonly int _index;

    private FieldPath(FieldPath? parent, string? name, string? key, int index)
    {
        _parent = parent;
        _name = name;
        _key = key;
        _index = index;
    }

    public static FieldPath Root(string name) => new(null, name, null, -1);

    public FieldPath Child(string name) => new(this, name, null, -1);

    public FieldPath Child(string name, string grandchild) => Child(name).Child(grandchild);

    public FieldPath Index(int index) => new(this, null, null, index);

    public FieldPath Key(string key) => new(this, null, key, -1);

    public override string ToString() => Append(new StringBuilder()).ToString();

    private StringBuilder Append(StringBuilder text)
    {
        _parent?.Append(text);
        if (_name is not null)
        {
            return (_parent is null ? text : text.Append('.')).Append(_name);
        }

        return text.Append('[').Append(_key ?? _index.ToString(CultureInfo.InvariantCulture)).Append(']');
    }
}
