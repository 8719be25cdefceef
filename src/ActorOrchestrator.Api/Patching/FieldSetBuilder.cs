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

    private static FieldSet Build(Node node)
    {
        var set = FieldSet.Empty;
        foreach (var (element, child) in node.Below)
        {
            set = set.WithBelow(element, Build(child));
            if (child.IsMember)
            {
                set = set.WithMember(element);
            }
        }

        return set;
    }

    private sealed class Node
    {
        public bool IsMember { get; set; }

        public SortedDictionary<string, Node> Below { get; } = new(StringComparer.Ordinal);
    }
}
