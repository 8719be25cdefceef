namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>What happened to a node.</summary>
internal enum NodeChangeKind
{
    /// <summary>A pod was placed on it.</summary>
    Taken,

    /// <summary>A pod left it, or its load changed.</summary>
    Freed,

    /// <summary>The node itself came, went or changed.</summary>
    Spec,
}

/// <summary>
/// The last changes of nodes, as slots in order, so that each pod class catches up with exactly the nodes that changed
/// since it last looked, instead of evaluating the whole cluster for every pod. A reader whose cursor is older than
/// <see cref="Oldest"/> has missed some and must look at every node.
/// </summary>
internal sealed class NodeChanges
{
    /// <summary>Below this many, replaying is cheap whatever the size of the cluster.</summary>
    private const int MinimumLength = 1024;

    private const int KindBits = 2;

    private int[] _ring = new int[MinimumLength];

    /// <summary>The cursor of a reader that has seen everything.</summary>
    public long Head { get; private set; }

    public long Oldest { get; private set; }

    public void Record(int slot, NodeChangeKind kind)
    {
        _ring[Head & (_ring.Length - 1)] = slot << KindBits | (int)kind;
        Head++;
        Oldest = Math.Max(Oldest, Head - _ring.Length);
    }

    public (int Slot, NodeChangeKind Kind) At(long cursor)
    {
        var entry = _ring[cursor & (_ring.Length - 1)];
        return (entry >> KindBits, (NodeChangeKind)(entry & ((1 << KindBits) - 1)));
    }

    /// <summary>Replaying more changes than there are nodes costs more than looking at every node, so the ring is as
    /// long as the node table. All readers start anew.</summary>
    public void Resize(int nodeCapacity)
    {
        var length = MinimumLength;
        while (length < nodeCapacity)
        {
            length *= 2;
        }

        _ring = new int[length];
        Oldest = Head;
    }
}
