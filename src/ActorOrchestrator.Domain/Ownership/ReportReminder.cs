using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Selectors;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.Ownership;

/// <summary>
/// Notices that an owner has not heard of a change of its children: a report was lost, or the process that was to send
/// it. The log holds both sides, so what children are is compared with what their owner shows once nothing has happened
/// to them for a while; those that changed are asked to report again while the two differ. Nothing is looked at of
/// owners whose children do not change. Where the two differ when this begins, a child may be gone that it never saw:
/// there the owner itself is told to ask.
/// <code>
///   a child changes ──5 s without a change, 30 s at most──► shown by its owner? ──yes──► forgotten
///                                   ▲                            │no
///                                   └── 5 s, 10 s … 1 min ◄── asked to report, 8 times at most
/// </code>
/// </summary>
public sealed class ReportReminder : IProjection
{
    /// <summary>How long an owner and its children are let settle.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <summary>How long they are waited for that never do.</summary>
    private static readonly TimeSpan QuietMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);

    /// <summary>An owner may show other numbers for reasons of its own.</summary>
    private const int AsksMax = 8;

    private readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Family, DateTimeOffset> _later = new();

    /// <summary>Children as they are when this begins, until then: their owners come in any order.</summary>
    private Dictionary<EntityKey, KubeObject?> _folded = [];
    private bool _started;

    public string Name => "report-reminder";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        OnOwner(change, context.Now);
        var (before, now) = (OwnerUidOf(change.Old), OwnerUidOf(change.New));
        if (before is null && now is null)
        {
            return;
        }

        if (!_started)
        {
            _folded[change.Key] = change.New;
        }

        var (was, @is) = (ChildTally.Of(change.Old), ChildTally.Of(change.New));
        if (before == now && was == @is && !HasStrayed(change))
        {
            return;
        }

        var uid = (change.New ?? change.Old)!.Metadata.Uid!;
        if (before != now)
        {
            Enter(before, default(ChildTally) - was, change.Key, uid, context.Now);
            was = default;
        }

        Enter(now, @is - was, change.Key, uid, context.Now);
        Mark(change.Key, before, now, change.New);
    }

    /// <summary>Of all that has been folded so far nothing is known to be news. What is gone has not been folded: its
    /// last report may be lost with the process that was to send it, and with whoever looked then. An owner that looks
    /// at rest is woken by nobody else.</summary>
    public void Started(ProjectionContext context)
    {
        _started = true;
        foreach (var child in _folded.Values.Where(IsAstray))
        {
            var owner = OwnerUidOf(child);
            Enter(owner, default, EntityKey.Of(child!), child!.Metadata.Uid!, context.Now);
            Mark(EntityKey.Of(child), owner, owner, child);
        }

        _folded = [];
        foreach (var family in _families.Values)
        {
            if (family.IsShown)
            {
                family.Forget();
                continue;
            }

            (family.OwnerAsks, family.Since) = (AsksMax, context.Now);
            LookAt(family, context.Now + Quiet);
        }
    }

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        while (_later.TryPeek(out var family, out var due) && (family.Due != due || due <= context.Now))
        {
            _later.Dequeue();
            if (family.Due == due)
            {
                Look(family, context);
            }
        }

        if (_later.TryPeek(out _, out var next))
        {
            context.WakeAt(next);
        }
    }

    /// <summary>Whether its labels are others now, and its owner's selector lacks them, or lacked the former.</summary>
    private bool HasStrayed(ObjectChange change) =>
        change is { Old: { } old, New: { } now } && old.Metadata.Labels != now.Metadata.Labels
        && (IsAstray(old) || IsAstray(now));

    /// <summary>Whether its owner is to let it go, which no number of the owner's status shows.</summary>
    private bool IsAstray(KubeObject? child) => OwnerUidOf(child) is { } uid
        && _families.GetValueOrDefault(uid)?.Owner is { Metadata.DeletionTimestamp: null } owner
        && Owners.SelectorOf(owner) is { } selector && !selector.Selects(child!.Metadata.Labels);

    private void Mark(EntityKey child, string? before, string? now, KubeObject? value)
    {
        if (before is not null)
        {
            _families.GetValueOrDefault(before)?.Astray.Remove(child);
        }

        if (IsAstray(value))
        {
            _families[now!].Astray.Add(child);
        }
    }

    private static string? OwnerUidOf(KubeObject? child) =>
        child is null ? null : ObjectLifecycle.ControllerOf(child)?.Uid;

    private void OnOwner(ObjectChange change, DateTimeOffset now)
    {
        if (change.Old?.Metadata.Uid is { } former && former != change.New?.Metadata.Uid
            && _families.TryGetValue(former, out var left))
        {
            left.Owner = null;
            RemoveIfEmpty(former, left);
        }

        if (change.New is Deployment or ReplicaSet or ReplicationController or DaemonSet or StatefulSet or Job
            or CronJob)
        {
            var family = FamilyOf(change.New.Metadata.Uid!);
            (family.Owner, family.ChangedAt) = (change.New, now);
        }
    }

    private void Enter(string? owner, ChildTally difference, EntityKey child, string uid, DateTimeOffset now)
    {
        if (owner is null)
        {
            return;
        }

        var family = FamilyOf(owner);
        family.Children += difference;
        family.ChangedAt = now;
        family.Unheard[child] = (uid, Asks: 0);
        family.Looks = 0;
        if (family.Due is null || family.Due > now + Quiet)
        {
            family.Since = now;
            LookAt(family, now + Quiet);
        }

        RemoveIfEmpty(owner, family);
    }

    private Family FamilyOf(string owner)
    {
        if (!_families.TryGetValue(owner, out var family))
        {
            _families.Add(owner, family = new Family());
        }

        return family;
    }

    private void RemoveIfEmpty(string owner, Family family)
    {
        if (family.Owner is null && family.Children.All == 0)
        {
            family.Forget();
            _families.Remove(owner);
        }
    }

    private void LookAt(Family family, DateTimeOffset due)
    {
        family.Due = due;
        _later.Enqueue(family, due);
    }

    private void Look(Family family, ProjectionContext context)
    {
        family.Due = null;
        if (family.IsShown)
        {
            family.Forget();
            return;
        }

        var quiet = family.ChangedAt + Quiet;
        var patience = family.Since + QuietMax;
        if (quiet > context.Now && patience > context.Now)
        {
            LookAt(family, quiet < patience ? quiet : patience);
            return;
        }

        family.Ask(context);
        family.Since = context.Now;
        if (family.Unheard.Count > 0 || family.OwnerAsks > 0)
        {
            LookAt(family, context.Now + BackOff.Pause(Quiet, PauseMax, family.Looks++));
        }
    }

    /// <summary>An owner and the children that name it.</summary>
    private sealed class Family
    {
        /// <summary>As the log has it; null before it is known, and when it is gone.</summary>
        public KubeObject? Owner { get; set; }

        public ChildTally Children { get; set; }

        /// <summary>Children that have changed since the owner showed them all, by their uids, and how often they were
        /// asked.</summary>
        public Dictionary<EntityKey, (string Uid, int Asks)> Unheard { get; } = [];

        /// <summary>Those of them that the owner's selector has lost.</summary>
        public HashSet<EntityKey> Astray { get; } = [];

        /// <summary>How often the owner may be told yet to ask its children: what it missed is not known
        /// here.</summary>
        public int OwnerAsks { get; set; }

        /// <summary>When the owner or one of them changed last.</summary>
        public DateTimeOffset ChangedAt { get; set; }

        /// <summary>Since when it is waited for that they come to rest.</summary>
        public DateTimeOffset Since { get; set; }

        /// <summary>When it is looked at; null while there is no reason to.</summary>
        public DateTimeOffset? Due { get; set; }

        /// <summary>How often in a row it was looked at in vain.</summary>
        public int Looks { get; set; }

        public bool IsShown => Owner is null || (Astray.Count == 0 && Children.IsShownBy(Owner));

        public void Forget()
        {
            Unheard.Clear();
            Unheard.TrimExcess();
            (Due, Looks, OwnerAsks) = (null, 0, 0);
        }

        public void Ask(ProjectionContext context)
        {
            var owner = EntityKey.Of(Owner!);
            if (OwnerAsks > 0)
            {
                OwnerAsks--;
                context.Tell(owner, Resync.Instance);
            }

            foreach (var (child, (uid, asks)) in Unheard.OrderBy(one => one.Key, KeyOrder.Instance).ToList())
            {
                context.Tell(child, new ReportToOwner(owner, uid));
                if (asks + 1 < AsksMax)
                {
                    Unheard[child] = (uid, asks + 1);
                }
                else
                {
                    Unheard.Remove(child);
                    Astray.Remove(child);
                }
            }
        }
    }
}
