using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;

namespace ActorOrchestrator.Actors.Notes;

/// <summary>
/// Makes core/v1 Events of what entities, followers and agents note. Equal notes about one object are counted up in one
/// Event, and each object has a budget, so that a crash loop cannot flood the log (Kubernetes' numbers: a burst of 25
/// an object, then one in five minutes). Best effort: after a restart counting starts anew.
/// </summary>
public sealed class EventRecorder(TimeProvider time, IIdSource ids, Action<EntityKey, Message> tell)
{
    private const int BurstPerObject = 25;
    private const int RememberedMax = 4_096;
    private static readonly TimeSpan RefillPeriod = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<Note, Event> _recent = [];
    private readonly Queue<Note> _recentOrder = new();
    private readonly Dictionary<string, Budget> _budgets = new(StringComparer.Ordinal);

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
        lock (_lock)
        {
            if (!Spend(note.Uid, now))
            {
                return;
            }

            if (_recent.TryGetValue(note, out var known))
            {
                var again = known with { Count = known.Count + 1, LastTimestamp = now };
                _recent[note] = again;
                tell(EntityKey.Of(again), new Replace(again));
            }
            else
            {
                var first = Make(involved, note, now);
                Remember(note, first);
                tell(EntityKey.Of(first), new Create(first));
            }
        }
    }

    private Event Make(ObjectReference involved, Note note, DateTimeOffset now) => new()
    {
        Metadata = new ObjectMeta
        {
            // The suffix is unique in the cluster for as long as Events live.
            Name = $"{involved.Name}.{ids.NewUid()[..8]}{now.ToUnixTimeSeconds():x8}",
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

    private void Remember(Note note, Event first)
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

    private readonly record struct Budget(int Left, DateTimeOffset RefilledAt);
}
