using ActorOrchestrator.Agent.Config;
using ActorOrchestrator.Agent.Containers;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>
/// The machine's user and group ids that pods with users of their own have, in ranges as kubelet's:
/// <code>
/// 0 … 65,535          the machine's own
/// 65,536 … 131,071    0 … 65,535 of one pod
/// 131,072 … 196,607   0 … 65,535 of another
/// </code>
/// What the runtime's sandboxes have is known from their annotations, also after a restart.
/// </summary>
/// <param name="most">So many pods may have one at once.</param>
public sealed class UserRanges(int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, uint> _taken = new(StringComparer.Ordinal);

    /// <summary>The first id of the pod's range: of the one that it has, or of the lowest that nobody has.</summary>
    /// <param name="uid">The pod's.</param>
    /// <param name="sandboxes">All that the runtime holds.</param>
    /// <exception cref="ContainerConfigException">All are taken.</exception>
    public uint Take(string uid, IReadOnlyList<SandboxStatus> sandboxes)
    {
        lock (_lock)
        {
            var others = new HashSet<uint>(_taken.Where(pod => pod.Key != uid).Select(pod => pod.Value));
            foreach (var sandbox in sandboxes)
            {
                if (SandboxPlan.FirstUserOf(sandbox) is { } first)
                {
                    if (sandbox.Uid == uid)
                    {
                        return _taken[uid] = first;
                    }

                    others.Add(first);
                }
            }

            return _taken.TryGetValue(uid, out var own) ? own : _taken[uid] = Lowest(others);
        }
    }

    public void GiveBack(string uid)
    {
        lock (_lock)
        {
            _taken.Remove(uid);
        }
    }

    private uint Lowest(HashSet<uint> taken)
    {
        for (var i = 1; i <= most; i++)
        {
            var first = (uint)i * SandboxConfig.UsersInRange;
            if (!taken.Contains(first))
            {
                return first;
            }
        }

        throw new ContainerConfigException($"all {most} ranges of user ids for pods with hostUsers: false are taken");
    }
}
