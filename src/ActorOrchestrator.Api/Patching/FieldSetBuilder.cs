namespace ActorOrchestrator.Api.Patching;

/// <summary>Collects paths, then builds their set once: adding one by one to an immutable set copies much.</summary>
internal sealed class FieldSetBuilder
{
    private readonly Node _root = new();

    public void Add(List<string> path)
    {
        var node = _root;
        foreach (var element in path)
        {
            node.Below ??= [];
            if (!node.Below.TryGetValue(element, out var next))
            {
                next = new Node();
                node.Below.Add(element, next);
            }

            node = next;
        }

        node.IsMember = true;
    }

    public FieldSet Build() => Build(_root);

    private static FieldSet Build(Node node) => node.Below is null ? FieldSet.Empty : FieldSet.Of(node.Below
        .OrderBy(child => child.Key, StringComparer.Ordinal)
        .Select(child => (child.Key, child.Value.IsMember, Build(child.Value))));

    private sealed class Node
    {
        public bool IsMember { get; set; }

        public Dictionary<string, Node>? Below { get; set; }
    }
}
