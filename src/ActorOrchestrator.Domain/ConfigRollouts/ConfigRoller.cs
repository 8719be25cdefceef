using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Apps;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.ControllerRevisions;
using ActorOrchestrator.Domain.Projections;

namespace ActorOrchestrator.Domain.ConfigRollouts;

/// <summary>
/// Rolls Deployments, StatefulSets and DaemonSets that ask for it (<see cref="ConfigPins"/>) when a ConfigMap or Secret
/// that their pods use changes: makes a copy of what it holds now, and when that is there, tells the workload to use
/// it. Copies that no revision uses are deleted.
/// <code>
///   app changes ──► the annotation says so ──a second later──► copy app-xk2v9… is made
///               ──► the annotation names it ──► the workload rolls
///   undo: the template of the old revision names the old copy, and not app; it is used as it is
/// </code>
/// </summary>
public sealed class ConfigRoller : IProjection
{
    /// <summary>A message may have been lost, or refused for a reason that passes.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);

    /// <summary>What is applied together is one rollout.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>When a copy is not there after as many attempts, an Event says so.</summary>
    private const int PatientAttempts = 3;

    private readonly Dictionary<string, KubeObject> _workloads = new(StringComparer.Ordinal);
    private readonly Dictionary<EntityKey, KubeObject> _configs = [];
    private readonly Dictionary<EntityKey, HashSet<string>> _users = [];
    private readonly Dictionary<string, IReadOnlyList<EntityKey>> _uses = new(StringComparer.Ordinal);
    private readonly ObjectsByOwner _copies = new();
    private readonly ObjectsByOwner _revisions = new();
    private readonly SortedDictionary<string, Work> _open = new(StringComparer.Ordinal);
    private bool _started;

    public string Name => "config-roller";

    public void OnChange(ObjectChange change, ProjectionContext context)
    {
        switch (change.New ?? change.Old)
        {
            case ConfigMap or Secret:
                OnConfig(change, context.Now);
                break;
            case ReplicaSet or ControllerRevision:
                OnRevision(change, context.Now);
                break;
            case Deployment or StatefulSet or DaemonSet:
                OnWorkload(change, context.Now);
                break;
        }
    }

    public void Started(ProjectionContext context) => _started = true;

    public void OnBatchEnd(ProjectionContext context)
    {
        if (!_started)
        {
            return;
        }

        foreach (var (uid, work) in _open.ToList())
        {
            if (!_workloads.TryGetValue(uid, out var workload))
            {
                _open.Remove(uid);
                continue;
            }

            if (work.IsToBeShown)
            {
                work.IsToBeShown = false;
                ShowPending(workload, context);
            }

            if (work.Due > context.Now)
            {
                context.WakeAt(work.Due);
            }
            else if (IsSettled(workload, work, context))
            {
                _open.Remove(uid);
            }
            else
            {
                (work.At, work.SettledAt) = (context.Now + AskAgain, null);
                context.WakeAt(work.Due);
            }
        }
    }

    private void OnWorkload(ObjectChange change, DateTimeOffset now)
    {
        if (change.Old is { } before && before.Metadata.Uid != change.New?.Metadata.Uid)
        {
            var gone = before.Metadata.Uid!;
            Use(gone, []);
            _workloads.Remove(gone);
        }

        if (change.New is { Metadata.Uid: { } uid } workload)
        {
            _workloads[uid] = workload;
            var uses = IsActive(workload)
                ? ConfigReferences.Of(ConfigPins.TemplateOf(workload)!.Spec)
                    .Select(reference => reference.In(workload.Metadata.Namespace)).ToList()
                : [];
            Use(uid, uses);
            if (uses.Count > 0 || _copies.Of(uid).Count > 0 || ConfigPins.IsAskedFor(workload)
                || workload.Metadata.Annotations.ContainsKey(ConfigPins.Revisions))
            {
                Open(uid, now);
            }
        }
    }

    /// <summary>What is copied for the first time is copied at once.</summary>
    private void OnConfig(ObjectChange change, DateTimeOffset now)
    {
        if (change.Old is { } before && ConfigCopy.Is(before))
        {
            foreach (var uid in OwnersOf(before))
            {
                _copies.Remove(uid, change.Key);
                Open(uid, now);
            }
        }

        if (change.New is { } config)
        {
            _configs[change.Key] = config;
            foreach (var uid in ConfigCopy.Is(config) ? OwnersOf(config) : [])
            {
                _copies.Put(uid, change.Key, config);
                Open(uid, now);
            }
        }
        else
        {
            _configs.Remove(change.Key);
        }

        foreach (var uid in _users.GetValueOrDefault(change.Key) ?? [])
        {
            var work = Open(uid, now);
            work.IsToBeShown = true;
            work.SettledAt ??= change.Old is null ? null : now + Settling;
        }
    }

    private void OnRevision(ObjectChange change, DateTimeOffset now)
    {
        if (change.Old is { } before && ObjectLifecycle.ControllerOf(before)?.Uid is { } former)
        {
            _revisions.Remove(former, change.Key);
            if (change.New is null && _copies.Of(former).Count > 0)
            {
                Open(former, now);
            }
        }

        if (change.New is { } revision && ObjectLifecycle.ControllerOf(revision)?.Uid is { } owner)
        {
            _revisions.Put(owner, change.Key, revision);
        }
    }

    /// <summary>Asks for what is not as it has to be.</summary>
    /// <returns>Whether all is.</returns>
    private bool IsSettled(KubeObject workload, Work work, ProjectionContext context)
    {
        if (workload.Metadata.DeletionTimestamp is not null)
        {
            return true;
        }

        var copies = _copies.Of(workload.Metadata.Uid!);
        if (!IsActive(workload))
        {
            return IsShown(workload, null, context) && IsTidy(workload, copies, [], context);
        }

        var (pins, missing) = PinsOf(workload, copies);
        if (missing.Count == 0)
        {
            work.Attempts = 0;
            return IsShown(workload, ConfigPins.Text(pins), context)
                && IsTidy(workload, copies, pins.Select(pin => pin.Value), context);
        }

        foreach (var copy in missing)
        {
            context.Tell(EntityKey.Of(copy), new Create(copy));
        }

        if (++work.Attempts == PatientAttempts)
        {
            Complain(workload, missing, context);
        }

        return false;
    }

    /// <summary>By reference the name to use, and the copies that are still to be made. What is not there (any more)
    /// keeps the copy that it has.</summary>
    private (List<KeyValuePair<ConfigReference, string>> Pins, List<KubeObject> Missing) PinsOf(
        KubeObject workload, SortedDictionary<EntityKey, KubeObject> copies)
    {
        var (pins, missing) = (new List<KeyValuePair<ConfigReference, string>>(), new List<KubeObject>());
        var shown = ConfigPins.Read(workload);
        foreach (var reference in ConfigReferences.Of(ConfigPins.TemplateOf(workload)!.Spec))
        {
            var source = _configs.GetValueOrDefault(reference.In(workload.Metadata.Namespace));
            if (source is null)
            {
                var kept = shown.GetValueOrDefault(reference) ?? "";
                var isThere = copies.ContainsKey((reference with { Name = kept }).In(workload.Metadata.Namespace));
                pins.Add(new(reference, isThere ? kept : ""));
            }
            else if (ConfigCopy.IsOf(source, workload.Metadata.Uid!))
            {
                pins.Add(new(reference, reference.Name));
            }
            else if (copies.Values.FirstOrDefault(copy => ConfigCopy.Holds(copy, source)) is { } copy)
            {
                pins.Add(new(reference, copy.Metadata.Name!));
            }
            else
            {
                missing.Add(ConfigCopy.Make(workload, source));
            }
        }

        return (pins, missing);
    }

    /// <summary>Says at once that something else is to be rolled out, so that nobody takes the rollout before it for
    /// this one. If that is lost, the rollout itself says it.</summary>
    private void ShowPending(KubeObject workload, ProjectionContext context)
    {
        var copies = _copies.Of(workload.Metadata.Uid!);
        var pending = ConfigPins.Pending(workload, (reference, copy) =>
            _configs.TryGetValue(reference.In(workload.Metadata.Namespace), out var source)
            && copies.TryGetValue((reference with { Name = copy }).In(workload.Metadata.Namespace), out var held)
            && !ConfigCopy.Is(source) && !ConfigCopy.Holds(held, source));
        if (pending is not null)
        {
            IsShown(workload, pending, context);
        }
    }

    private static bool IsShown(KubeObject workload, string? pins, ProjectionContext context)
    {
        var annotations = workload.Metadata.Annotations;
        if (annotations.GetValueOrDefault(ConfigPins.Revisions) == pins)
        {
            return true;
        }

        context.Tell(EntityKey.Of(workload), new Replace(workload with
        {
            Metadata = workload.Metadata with
            {
                Annotations = pins is null
                    ? annotations.Without(ConfigPins.Revisions)
                    : annotations.With(ConfigPins.Revisions, pins),
            },
        }));
        return false;
    }

    /// <summary>Copies stay as long as the template or any revision names them.</summary>
    private bool IsTidy(
        KubeObject workload, SortedDictionary<EntityKey, KubeObject> copies, IEnumerable<string> pins,
        ProjectionContext context)
    {
        if (copies.Count == 0)
        {
            return true;
        }

        var templates = _revisions.Of(workload.Metadata.Uid!).Values.Select(TemplateOf)
            .Append(ConfigPins.TemplateOf(workload)).OfType<PodTemplateSpec>();
        var used = templates.SelectMany(template => ConfigReferences.Of(template.Spec))
            .Select(reference => reference.Name).Concat(pins).ToHashSet(StringComparer.Ordinal);
        var surplus = copies.Where(copy => !used.Contains(copy.Key.Name)).ToList();
        foreach (var (key, copy) in surplus)
        {
            context.Tell(key, Delete.Exactly(copy.Metadata.Uid!));
        }

        return surplus.Count == 0;
    }

    private Work Open(string uid, DateTimeOffset at)
    {
        if (!_open.TryGetValue(uid, out var work))
        {
            _open[uid] = work = new Work { At = at };
        }

        work.At = at < work.At ? at : work.At;
        return work;
    }

    private void Complain(KubeObject workload, List<KubeObject> missing, ProjectionContext context)
    {
        var names = string.Join(", ", missing.Select(
            copy => $"{copy.Kind} {copy.Metadata.Annotations[ConfigPins.CopyOf]}"));
        context.RecordEvent(workload, "Warning", "FailedConfigCopy",
            $"No copy of {names} has come about: it is not rolled out before. A ResourceQuota of the namespace may "
                + "leave no room for it", Name);
    }

    private void Use(string uid, IReadOnlyList<EntityKey> keys)
    {
        foreach (var key in _uses.GetValueOrDefault(uid) ?? [])
        {
            if (_users.TryGetValue(key, out var users) && users.Remove(uid) && users.Count == 0)
            {
                _users.Remove(key);
            }
        }

        _uses.Remove(uid);
        if (keys.Count > 0)
        {
            _uses[uid] = keys;
        }

        foreach (var key in keys)
        {
            if (!_users.TryGetValue(key, out var users))
            {
                _users[key] = users = new HashSet<string>(StringComparer.Ordinal);
            }

            users.Add(uid);
        }
    }

    private static bool IsActive(KubeObject workload) =>
        ConfigPins.IsAskedFor(workload) && workload.Metadata.DeletionTimestamp is null;

    private static IEnumerable<string> OwnersOf(KubeObject copy) =>
        copy.Metadata.OwnerReferences.Select(owner => owner.Uid);

    private static PodTemplateSpec? TemplateOf(KubeObject revision) => revision switch
    {
        ReplicaSet set => set.Spec.Template,
        ControllerRevision kept => RevisionData.TemplateOf(kept.Data),
        _ => null,
    };

    /// <summary>What is to be looked at of one workload.</summary>
    private sealed class Work
    {
        /// <summary>When there is a reason to.</summary>
        public DateTimeOffset At { get; set; }

        /// <summary>When what changed has had its time to be joined by other changes; null when nothing did.</summary>
        public DateTimeOffset? SettledAt { get; set; }

        /// <summary>A source has changed, which is to be said at once.</summary>
        public bool IsToBeShown { get; set; }

        /// <summary>How often in a row copies were asked for in vain.</summary>
        public int Attempts { get; set; }

        public DateTimeOffset Due => SettledAt > At ? SettledAt.Value : At;
    }
}
