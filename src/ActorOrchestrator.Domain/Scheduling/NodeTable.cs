using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Domain.Scheduling;

/// <summary>Marks of a node's spec that filters and scores ask for.</summary>
[Flags]
internal enum NodeTraits : byte
{
    None = 0,
    Unschedulable = 1,

    /// <summary>NoSchedule or NoExecute.</summary>
    ForbiddingTaints = 2,

    /// <summary>PreferNoSchedule.</summary>
    DiscouragingTaints = 4,
}

/// <summary>
/// All nodes as dense arrays indexed by slot: what each can give and what the pods on it, bound or assumed, request.
/// Amounts are long (milli-cores, bytes, units), a row of columns a node, so a fit is a few comparisons in one or two
/// cache lines and placing a pod allocates nothing. A slot exists from the first mention of a name (a pod may be
/// bound to a node not yet seen, or gone) until neither node nor pod needs it.
/// </summary>
internal sealed class NodeTable
{
    public const int CpuColumn = 0;
    public const int MemoryColumn = 1;
    public const int EphemeralColumn = 2;
    public const int PodsColumn = 3;

    /// <summary>The columns that every node has, which come first.</summary>
    public const int FixedColumns = 4;

    private const int CapacityFirst = 64;

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Stack<int> _free = new();
    private readonly List<string> _columns =
        [PodRequests.Cpu, PodRequests.Memory, PodRequests.EphemeralStorage, PodRequests.Pods];

    private readonly Dictionary<string, int> _columnOf = new(StringComparer.Ordinal);
    private int _capacity;

    public NodeTable(int capacity = CapacityFirst)
    {
        for (var column = 0; column < _columns.Count; column++)
        {
            _columnOf.Add(_columns[column], column);
        }

        Stride = _columns.Count;
        Grow(capacity);
    }

    /// <summary>Slots in use lie below this.</summary>
    public int Count { get; private set; }

    /// <summary>Nodes that exist.</summary>
    public int AliveCount { get; private set; }

    /// <summary>Columns a row: the four that every node has, then each extended resource seen.</summary>
    public int Stride { get; private set; }

    /// <summary>Changes when arrays were replaced, so that per-class tables of the old size are dropped.</summary>
    public int Capacity => _capacity;

    public NodeChanges Changes { get; } = new();

    public Node?[] Objects { get; private set; } = [];

    public string[] Names { get; private set; } = [];

    public long[] Allocatable { get; private set; } = [];

    public long[] Requested { get; private set; } = [];

    /// <summary>Requested cpu (milli-cores) and memory (bytes) with Kubernetes' assumption for pods that state
    /// none.</summary>
    public long[] ScoredCpu { get; private set; } = [];

    public long[] ScoredMemory { get; private set; } = [];

    /// <summary>One over the allocatable amount, or 0: scores multiply where they would divide.</summary>
    public double[] PerCpu { get; private set; } = [];

    public double[] PerMemory { get; private set; } = [];

    /// <summary>The machine's live load, 0 (idle or unknown) to 1000 (saturated).</summary>
    public int[] LoadPermille { get; private set; } = [];

    public HostPortUse?[] HostPorts { get; private set; } = [];

    /// <summary>Pods of higher priority that wait for room on the node; null for most.</summary>
    public List<Nomination>?[] Nominations { get; private set; } = [];

    /// <summary>What few nodes have, so that most are passed without touching the object.</summary>
    public NodeTraits[] Traits { get; private set; } = [];

    public bool IsAlive(int slot) => Objects[slot] is not null;

    public bool HasPods(int slot) => Requested[slot * Stride + PodsColumn] > 0;

    public string ColumnName(int column) => _columns[column];

    public int Find(string name) => _slots.TryGetValue(name, out var slot) ? slot : -1;

    /// <summary>The slot of a name, made if there is none.</summary>
    public int SlotOf(string name)
    {
        if (_slots.TryGetValue(name, out var slot))
        {
            return slot;
        }

        if (!_free.TryPop(out slot))
        {
            if (Count == _capacity)
            {
                Grow(_capacity * 2);
            }

            slot = Count++;
        }

        _slots.Add(name, slot);
        Names[slot] = name;
        return slot;
    }

    /// <summary>The column of a resource, made if there is none.</summary>
    public int ColumnOf(string resource)
    {
        if (_columnOf.TryGetValue(resource, out var column))
        {
            return column;
        }

        column = _columns.Count;
        _columns.Add(resource);
        _columnOf.Add(resource, column);
        Allocatable = Widen(Allocatable, Stride, _columns.Count);
        Requested = Widen(Requested, Stride, _columns.Count);
        Stride = _columns.Count;
        return column;
    }

    /// <summary>Takes in a node as it is now; false when nothing that scheduling looks at has changed.</summary>
    public bool Set(Node node)
    {
        var slot = SlotOf(node.Metadata.Name!);
        var old = Objects[slot];
        Objects[slot] = node;
        if (old is not null && LooksTheSame(old, node))
        {
            return false;
        }

        AliveCount += old is null ? 1 : 0;
        foreach (var (resource, _) in node.Status.Allocatable)
        {
            ColumnOf(resource);
        }

        Array.Clear(Allocatable, slot * Stride, Stride);
        foreach (var (resource, quantity) in node.Status.Allocatable)
        {
            Allocatable[slot * Stride + ColumnOf(resource)] = PodRequests.Amount(resource, quantity);
        }

        Traits[slot] = TraitsOf(node);
        PerCpu[slot] = Inverse(Allocatable[slot * Stride + CpuColumn]);
        PerMemory[slot] = Inverse(Allocatable[slot * Stride + MemoryColumn]);
        Changes.Record(slot, NodeChangeKind.Spec);
        return true;
    }

    public void Remove(string name)
    {
        var slot = Find(name);
        if (slot < 0 || Objects[slot] is null)
        {
            return;
        }

        Objects[slot] = null;
        AliveCount--;
        Array.Clear(Allocatable, slot * Stride, Stride);
        PerCpu[slot] = PerMemory[slot] = 0;
        LoadPermille[slot] = 0;
        Nominations[slot] = null;
        Changes.Record(slot, NodeChangeKind.Spec);
        FreeIfUnused(slot);
    }

    public void SetLoad(string name, int permille)
    {
        var slot = Find(name);
        if (slot < 0 || LoadPermille[slot] == permille)
        {
            return;
        }

        LoadPermille[slot] = Math.Clamp(permille, 0, 1000);
        Changes.Record(slot, NodeChangeKind.Freed);
    }

    public void AddPod(int slot, PodDemand demand)
    {
        Book(slot, demand, sign: 1);
        if (demand.HostPorts.Length > 0)
        {
            (HostPorts[slot] ??= new HostPortUse()).Add(demand.HostPorts);
        }
    }

    public void RemovePod(int slot, PodDemand demand)
    {
        Book(slot, demand, sign: -1);
        if (demand.HostPorts.Length > 0)
        {
            HostPorts[slot]!.Remove(demand.HostPorts);
        }

        FreeIfUnused(slot);
    }

    public void Nominate(Nomination nomination) => (Nominations[nomination.Slot] ??= []).Add(nomination);

    public void Withdraw(Nomination nomination)
    {
        if (Nominations[nomination.Slot] is not { } nominated || !nominated.Remove(nomination))
        {
            return;
        }

        if (nominated.Count == 0)
        {
            Nominations[nomination.Slot] = null;
        }

        Changes.Record(nomination.Slot, NodeChangeKind.Freed);
    }

    private static bool LooksTheSame(Node old, Node node) =>
        old.Spec.Unschedulable == node.Spec.Unschedulable
        && old.Spec.Taints.Equals(node.Spec.Taints)
        && old.Metadata.Labels.Equals(node.Metadata.Labels)
        && old.Status.Allocatable.Equals(node.Status.Allocatable);

    private static NodeTraits TraitsOf(Node node)
    {
        var traits = node.Spec.Unschedulable ? NodeTraits.Unschedulable : NodeTraits.None;
        foreach (var taint in node.Spec.Taints)
        {
            traits |= taint.Effect == "PreferNoSchedule" ? NodeTraits.DiscouragingTaints : NodeTraits.ForbiddingTaints;
        }

        return traits;
    }

    private static double Inverse(long amount) => amount > 0 ? 1.0 / amount : 0;

    private static long[] Widen(long[] rows, int from, int to)
    {
        var wide = new long[rows.Length / from * to];
        for (int source = 0, target = 0; source < rows.Length; source += from, target += to)
        {
            Array.Copy(rows, source, wide, target, from);
        }

        return wide;
    }

    private void Book(int slot, PodDemand demand, int sign)
    {
        var row = slot * Stride;
        for (var i = 0; i < demand.Columns.Length; i++)
        {
            Requested[row + demand.Columns[i]] += sign * demand.Amounts[i];
        }

        ScoredCpu[slot] += sign * demand.ScoredCpu;
        ScoredMemory[slot] += sign * demand.ScoredMemory;
        Changes.Record(slot, sign > 0 ? NodeChangeKind.Taken : NodeChangeKind.Freed);
    }

    private void FreeIfUnused(int slot)
    {
        if (Objects[slot] is not null || HasPods(slot))
        {
            return;
        }

        _slots.Remove(Names[slot]);
        HostPorts[slot] = null;
        _free.Push(slot);
    }

    private void Grow(int capacity)
    {
        Objects = Longer(Objects, capacity);
        Names = Longer(Names, capacity);
        Allocatable = Longer(Allocatable, capacity * Stride);
        Requested = Longer(Requested, capacity * Stride);
        ScoredCpu = Longer(ScoredCpu, capacity);
        ScoredMemory = Longer(ScoredMemory, capacity);
        PerCpu = Longer(PerCpu, capacity);
        PerMemory = Longer(PerMemory, capacity);
        LoadPermille = Longer(LoadPermille, capacity);
        HostPorts = Longer(HostPorts, capacity);
        Traits = Longer(Traits, capacity);
        Nominations = Longer(Nominations, capacity);
        _capacity = capacity;
        Changes.Resize(capacity);
    }

    private static T[] Longer<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
