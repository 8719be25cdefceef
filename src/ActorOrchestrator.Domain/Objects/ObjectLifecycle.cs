using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Autoscaling;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Domain.Admission;
using ActorOrchestrator.Domain.ConfigRollouts;

namespace ActorOrchestrator.Domain;

/// <summary>
/// The life of every API object, the same for all kinds:
/// <code>
///           Create                     Delete                    last finalizer done (and hold released)
///  absent ─────────► stored ─────────────────────► terminating ─────────────────────────────► absent
///                    │    ▲  Replace, SetScale …       │    ▲  Replace (finalizers may only shrink)
///                    └────┘                            └────┘
///                      Delete with nothing to wait for ──────────────────────────────────────► absent
/// </code>
/// </summary>
public static class ObjectLifecycle
{
    public static Decision Create(EntityKey self, ObjectState state, Create command, in DecisionContext context)
    {
        var proposed = command.Object;
        if (state.Object is { } existing)
        {
            if (proposed.Metadata.Uid is { } uid && uid == existing.Metadata.Uid)
            {
                return new Decision().Reply(new Reply.Accepted(existing));
            }

            return RefuseCreation(self, proposed, Statuses.AlreadyExists(self.Resource, self.Name));
        }

        var created = proposed with
        {
            Metadata = proposed.Metadata with
            {
                Uid = proposed.Metadata.Uid ?? context.Ids.NewUid(),
                ResourceVersion = null,
                SelfLink = null,
                Generation = Generations.Has(proposed) ? 1 : null,
                CreationTimestamp = Truncate(context.Now),
                DeletionTimestamp = null,
                DeletionGracePeriodSeconds = null,
            },
        };
        var decision = new Decision().Reply(new Reply.Accepted(created));
        return command.DryRun ? decision : ReportToController(self, created, decision.Emit(new ObjectCreated(created)));
    }

    /// <summary>Creation refused: the asker is answered, and the owner (if the object names one) is told.</summary>
    public static Decision RefuseCreation(EntityKey self, KubeObject proposed, Status status)
    {
        var decision = new Decision().Reply(new Reply.Rejected(status));
        return ControllerKey(proposed) is { } owner && proposed.Metadata.Uid is { } uid
            ? decision.Tell(owner, new ChildRefused(self, uid, status))
            : decision;
    }

    public static Decision Replace(EntityKey self, ObjectState state, Replace command, in DecisionContext context)
    {
        if (state.Object is not { } current)
        {
            return Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        var proposed = command.Object;
        if (Conflict(self, current, proposed.Metadata.Uid, proposed.Metadata.ResourceVersion, context) is { } conflict)
        {
            return Reject(conflict);
        }

        // Some pods may not be written to by a part at all, whether that changes anything or not.
        var merged = Merge(current, proposed, command.Subresource);
        var isSame = merged == current;
        if (isSame && command.Subresource is not (Subresources.Resize or Subresources.EphemeralContainers))
        {
            return new Decision().Reply(new Reply.Accepted(current));
        }

        var errors = command.Subresource switch
        {
            Subresources.Status => Validator.ValidateStatus(current, merged),
            Subresources.Resize => Validator.ValidateResize((Pod)current, (Pod)merged),
            Subresources.EphemeralContainers => Validator.ValidateDebugging((Pod)current, (Pod)merged),
            _ => Validator.ValidateUpdate(current, merged),
        };
        if (errors.Count > 0)
        {
            return Reject(errors.ToStatus(KindRegistry.Of(merged), self.Name));
        }

        if (isSame)
        {
            return new Decision().Reply(new Reply.Accepted(current));
        }

        var (admitted, refusal) = AdmissionChain.Admit(
            new AdmissionContext(self, context.Facts, command.DryRun, context.Now)
            {
                Current = current,
                Subresource = command.Subresource,
            },
            merged);
        return refusal is null ? Write(self, current, admitted, command.DryRun) : Reject(refusal);
    }

    /// <summary>The scale subresource is a replacement of one field.</summary>
    public static Decision Scale(EntityKey self, ObjectState state, SetScale scale, in DecisionContext context)
    {
        if (state.Object is not { } current)
        {
            return Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        var scaled = Scalables.WithReplicas(current, scale.Replicas);
        var proposed = scaled with
        {
            Metadata = current.Metadata with { ResourceVersion = scale.ResourceVersion },
        };
        var owned = scale.Owned(current, proposed);
        return Replace(self, state, new Replace(owned) { DryRun = scale.DryRun }, context);
    }

    /// <summary>Stores a changed object: a new generation if its spec changed; gone if it was only waiting for the
    /// finalizers that are no longer there.</summary>
    public static Decision Write(EntityKey self, KubeObject current, KubeObject changed, bool dryRun = false)
    {
        if (!SameSpec(current, changed) || !ConfigPins.AreSame(current, changed))
        {
            long? generation = Generations.Has(changed) ? (current.Metadata.Generation ?? 1) + 1 : null;
            changed = changed with { Metadata = changed.Metadata with { Generation = generation } };
        }

        if (changed.Metadata.DeletionTimestamp is not null && !IsHeld(changed))
        {
            return Remove(self, changed, dryRun);
        }

        var decision = new Decision().Reply(new Reply.Accepted(changed));
        return dryRun
            ? decision
            : ReportToController(self, changed, decision.Emit(new ObjectReplaced(changed)), current);
    }

    /// <param name="self">The entity.</param>
    /// <param name="state">Its state.</param>
    /// <param name="command">The deletion with its options.</param>
    /// <param name="graceSeconds">How long the kind lets the object linger by itself (pods); 0 for none.</param>
    /// <param name="context">The decision's context.</param>
    public static Decision Delete(
        EntityKey self, ObjectState state, Delete command, long graceSeconds, in DecisionContext context)
    {
        if (state.Object is not { } current)
        {
            return Reject(Statuses.NotFound(self.Resource, self.Name));
        }

        var wanted = command.Options.Preconditions;
        if (Conflict(self, current, wanted?.Uid, wanted?.ResourceVersion, context) is { } conflict)
        {
            return Reject(conflict);
        }

        var finalizers = FinalizersFor(current, command.Options);
        if (finalizers.Count == 0 && graceSeconds == 0 && !HasContent(current))
        {
            return Remove(self, current, command.DryRun);
        }

        var at = Truncate(context.Now).Later(graceSeconds);
        var already = current.Metadata.DeletionTimestamp;
        if (already is not null && already <= at && finalizers == current.Metadata.Finalizers)
        {
            return new Decision().Reply(new Reply.Accepted(current));
        }

        var requested = new DeletionRequested(already < at ? already.Value : at, graceSeconds, finalizers);
        var terminating = ObjectFold.Apply(current, requested)!;
        var decision = new Decision().Reply(new Reply.Accepted(terminating));
        return command.DryRun ? decision : ReportToController(self, terminating, decision.Emit(requested), current);
    }

    public static Decision Remove(EntityKey self, KubeObject last, bool dryRun = false)
    {
        var decision = new Decision().Reply(new Reply.Accepted(last, Removed: true));
        if (dryRun)
        {
            return decision;
        }

        decision.Emit(new ObjectDeleted());
        return ControllerKey(last) is { } owner
            ? decision.Tell(owner, new ChildReport(self, last.Metadata.Uid!, null))
            : decision;
    }

    public static Decision FinishFinalizer(EntityKey self, ObjectState state, FinalizerDone done)
    {
        if (state.Object is not { } current || current.Metadata.Uid != done.Uid
            || !current.Metadata.Finalizers.Contains(done.Finalizer))
        {
            return new Decision();
        }

        var finalizers = current.Metadata.Finalizers.Where(name => name != done.Finalizer).ToValueList();
        return Write(self, current, current with { Metadata = current.Metadata with { Finalizers = finalizers } });
    }

    public static Decision Adopt(EntityKey self, ObjectState state, Adopt adopt)
    {
        if (state.Object is not { } current || current.Metadata.Uid != adopt.ChildUid)
        {
            return new Decision().Tell(adopt.Owner, new ChildReport(self, adopt.ChildUid, null));
        }

        if (current.Metadata.OwnerReferences.Any(reference => reference.Controller == true)
            || current.Metadata.DeletionTimestamp is not null)
        {
            return new Decision().Tell(adopt.Owner, new ChildReport(self, adopt.ChildUid, current));
        }

        var references = current.Metadata.OwnerReferences
            .Where(reference => reference.Uid != adopt.Reference.Uid).Append(adopt.Reference).ToValueList();
        return Write(self, current, current with { Metadata = current.Metadata with { OwnerReferences = references } });
    }

    public static Decision Release(EntityKey self, ObjectState state, Release release)
    {
        if (state.Object is not { } current || current.Metadata.Uid != release.ChildUid
            || current.Metadata.OwnerReferences.All(reference => reference.Uid != release.OwnerUid))
        {
            return new Decision();
        }

        var references = current.Metadata.OwnerReferences
            .Where(reference => reference.Uid != release.OwnerUid).ToValueList();
        return Write(self, current, current with { Metadata = current.Metadata with { OwnerReferences = references } });
    }

    public static Decision Report(EntityKey self, ObjectState state, ReportToOwner ask) =>
        new Decision().Tell(ask.Owner, new ChildReport(
            self, ask.Uid, state.Object is { } current && current.Metadata.Uid == ask.Uid ? current : null));

    /// <summary>Tells the controller, and a controller just lost, how the object stands now.</summary>
    public static Decision ReportToController(
        EntityKey self, KubeObject now, Decision decision, KubeObject? before = null)
    {
        var owner = ControllerKey(now);
        if (owner is { } present)
        {
            decision.Tell(present, new ChildReport(self, now.Metadata.Uid!, now));
        }

        if (before is not null && ControllerKey(before) is { } former && former != owner)
        {
            decision.Tell(former, new ChildReport(self, now.Metadata.Uid!, now));
        }

        return decision;
    }

    public static OwnerReference? ControllerOf(KubeObject value)
    {
        foreach (var reference in value.Metadata.OwnerReferences.AsSpan())
        {
            if (reference.Controller == true)
            {
                return reference;
            }
        }

        return null;
    }

    /// <summary>The entity of the object's controller; null without one, or of a kind that is not served
    /// here.</summary>
    public static EntityKey? ControllerKey(KubeObject value) =>
        ControllerOf(value) is { } reference
        && KindRegistry.Find(reference.ApiVersion, reference.Kind) is { } kind
            ? EntityKey.Of(kind, value.Metadata.Namespace, reference.Name)
            : null;

    /// <summary>Kubernetes' times have whole seconds on the wire; stored ones too, so that a round trip changes
    /// nothing.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);

    public static Decision Reject(Status status) => new Decision().Reply(new Reply.Rejected(status));

    /// <summary>What keeps a terminating object: finalizers, a pod's running containers, a namespace's
    /// content.</summary>
    private static bool IsHeld(KubeObject terminating) =>
        terminating.Metadata.Finalizers.Count > 0
        || terminating.Metadata.DeletionGracePeriodSeconds > 0
        || HasContent(terminating);

    private static bool HasContent(KubeObject current) => current is Api.Core.Namespace { Spec.Finalizers.Count: > 0 };

    private static ValueList<string> FinalizersFor(KubeObject current, DeleteOptions options)
    {
        var policy = options.PropagationPolicy
            ?? (options.OrphanDependents switch { true => "Orphan", false => "Background", null => null });
        var kept = policy is null
            ? current.Metadata.Finalizers
            : current.Metadata.Finalizers.Where(name => name is not (Finalizers.Foreground or Finalizers.Orphan));
        return policy switch
        {
            "Foreground" => kept.Append(Finalizers.Foreground).ToValueList(),
            "Orphan" => kept.Append(Finalizers.Orphan).ToValueList(),
            _ => kept.ToValueList(),
        };
    }

    private static Status? Conflict(
        EntityKey self, KubeObject current, string? uid, string? resourceVersion, in DecisionContext context)
    {
        if (uid is { Length: > 0 } && uid != current.Metadata.Uid)
        {
            return Statuses.Conflict(self.Resource, self.Name,
                $"Precondition failed: UID in precondition: {uid}, UID in object meta: {current.Metadata.Uid}");
        }

        return resourceVersion is { Length: > 0 } && resourceVersion != context.Version?.ToString()
            ? Statuses.Conflict(self.Resource, self.Name,
                "the object has been modified; please apply your changes to the latest version and try again")
            : null;
    }

    /// <summary>What a write may change: never identity (<see cref="MetadataWrite"/>); the status only by its
    /// subresource (<see cref="StatusWrite"/>), and by others only their part (<see cref="PodResize"/>, <see
    /// cref="PodDebugging"/>).</summary>
    private static KubeObject Merge(KubeObject current, KubeObject proposed, string? subresource)
    {
        var metadata = MetadataWrite.Of(current.Metadata, proposed.Metadata) with
        {
            Uid = current.Metadata.Uid, ResourceVersion = null,
        };
        return subresource switch
        {
            Subresources.Status => StatusWrite.Of(current, proposed with { Metadata = metadata }),
            Subresources.Resize => PodResize.Of((Pod)current, (Pod)proposed with { Metadata = metadata }),
            Subresources.EphemeralContainers => PodDebugging.Of(
                (Pod)current, (Pod)proposed with { Metadata = metadata }),
            _ => proposed.WithStatus(current.GetStatus()) with { Metadata = metadata },
        };
    }

    private static bool SameSpec(KubeObject one, KubeObject other) =>
        (one.WithStatus(null) with { Metadata = ObjectMeta.Empty })
        == (other.WithStatus(null) with { Metadata = ObjectMeta.Empty });
}

/// <summary>Finalizers that the garbage collector serves (meta/v1).</summary>
public static class Finalizers
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    /// <summary>Of a Job's pods (batch/v1): a pod stays until its Job has counted it.</summary>
    public const string JobTracking = "batch.kubernetes.io/job-tracking";
}
