using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Notes;

/// <summary>
/// Makes core/v1 Events of what entities, followers and agents note. Equal notes about one object are counted up in one
/// Event, and each object has a budget, so that a crash loop cannot flood the log (Kubernetes' numbers: a burst of 25
/// an object, then one in five minutes). Best effort: after a restart counting starts anew.
/// </summary>
/// <param name="time">Stamps the Events.</param>
/// <param name="ids">Makes their names unique.</param>
/// <param name="store">Stores a new Event; says whether it was stored.</param>
/// <param name="tell">Tells a stored Event's entity that it happened again.</param>
public sealed class EventRecorder(
    TimeProvider time, IIdSource ids, Func<Event, Task<bool>> store, Action<EntityKey, Message> tell)
{
    private const int BurstPerObject = 25;
    private const int RememberedMax = 4_096;
    private static readonly TimeSpan RefillPeriod = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<Note, Known> _recent = [];
    private readonly Queue<Note> _recentOrder = new();
    private readonly Dictionary<string, Budget> _budgets = new(StringComparer.Ordinal);
    private long _lastNanoseconds;

    public void Record(KubeObject regarding, string type, string reason, string message, string component) =>
        Record(
            new ObjectReference
            {
                ApiVersion = regarding.ApiVersion,
                Kind = regarding.Kind,
                Namespace = regarding.Metadata.Namespace,
                Name = regarding.Metadata.Name,
                Uid = regarding.Metadata.Uid,
                ResourceVersion = regarding.Metadata.ResourceVersion,
            },
            type, reason, message, component);

    public void Record(ObjectReference involved, string type, string reason, string message, string component)
    {
        var now = ObjectLifecycle.Truncate(time.GetUtcNow());
        var note = new Note(
            involved.Kind ?? "", involved.Uid ?? involved.Name ?? "", involved.FieldPath ?? "", type, reason, message,
            component);
        Known known;
        lock (_lock)
        {
            if (!Spend(note.Uid, now))
            {
                return;
            }

            if (_recent.TryGetValue(note, out var before))
            {
                before.Event = before.Event with { Count = before.Event.Count + 1, LastTimestamp = now };
                TellIfStored(before);
                return;
            }

            known = new Known { Event = Make(involved, note, now) };
            Remember(note, known);
        }

        _ = StoreAsync(note, known);
    }

    /// <summary>What happens again before the first row is there waits for it, and is told at once then.</summary>
    private async Task StoreAsync(Note note, Known known)
    {
        var first = known.Event;
        var isStored = await store(first);
        lock (_lock)
        {
            if (!isStored)
            {
                // The queue of names may still hold it: forgetting twice does no harm.
                _recent.Remove(note);
                return;
            }

            known.IsStored = true;
            if (!ReferenceEquals(known.Event, first))
            {
                TellIfStored(known);
            }
        }
    }

    private void TellIfStored(Known known)
    {
        if (known.IsStored)
        {
            tell(EntityKey.Of(known.Event), new Replace(known.Event));
        }
    }

    private Event Make(ObjectReference involved, Note note, DateTimeOffset now) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = NameFor(involved),
            Namespace = string.IsNullOrEmpty(involved.Namespace) ? "default" : involved.Namespace,
        },
        InvolvedObject = involved,
        Type = note.Type,
        Reason = note.Reason,
        Message = note.Message,
        Source = new EventSource { Component = note.Component },
        ReportingComponent = note.Component,
        FirstTimestamp = now,
        LastTimestamp = now,
        Count = 1,
    };

    /// <summary>The object's name and the time, so that a list of an object's Events is in order; no two of a member's
    /// have the same time, and the rest is for those of another member. An object whose name does not fit into one gets
    /// a uid's, as in Kubernetes.</summary>
    private string NameFor(ObjectReference involved)
    {
        _lastNanoseconds = Math.Max(
            _lastNanoseconds + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        var uid = ids.NewUid();
        var name = $"{involved.Name}.{_lastNanoseconds:x16}{uid[..4]}";
        return NameRules.Subdomain(name).Count == 0 ? name : uid;
    }

    private void Remember(Note note, Known first)
    {
        _recent.Add(note, first);
        _recentOrder.Enqueue(note);
        if (_recentOrder.Count > RememberedMax)
        {
            _recent.Remove(_recentOrder.Dequeue());
        }
    }

    private bool Spend(string uid, DateTimeOffset now)
    {
        if (_budgets.Count > RememberedMax)
        {
            _budgets.Clear();
        }

        var budget = _budgets.GetValueOrDefault(uid, new Budget(BurstPerObject, now));
        var refilled = (int)((now - budget.RefilledAt) / RefillPeriod);
        if (refilled > 0)
        {
            budget = new Budget(Math.Min(BurstPerObject, budget.Left + refilled), now);
        }

        _budgets[uid] = budget with { Left = Math.Max(0, budget.Left - 1) };
        return budget.Left > 0;
    }

    private readonly record struct Note(
        string Kind, string Uid, string FieldPath, string Type, string Reason, string Message, string Component);

    private sealed class Known
    {
        public required Event Event { get; set; }

        public bool IsStored { get; set; }
    }

    private readonly record struct Budget(int Left, DateTimeOffset RefilledAt);
}
