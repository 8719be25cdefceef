using System.Collections.Immutable;
using ActorOrchestrator.Agent.Containers;
using ActorOrchestrator.Agent.Probes;
using ActorOrchestrator.Api.Core;

namespace ActorOrchestrator.Agent.Pods;

/// <summary>Folds what came to be known into a pod's state. Pure; news may be late, repeated or out of order.</summary>
public static class PodFacts
{
    private static readonly TimeSpan SandboxRetryFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SandboxRetryLongest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan VolumeRetryFirst = TimeSpan.FromMilliseconds(500);

    public static PodState Apply(PodState state, Pod pod, PodFact fact, DateTimeOffset now) => fact switch
    {
        PodFact.Listed listed => Listed(state, listed, now),
        PodFact.VolumesReady ready => state with
        {
            Volumes = VolumePhase.Ready,
            VolumeSetback = null,
            VolumesRefreshAt = ready.RefreshAt,
        },
        PodFact.VolumesFailed failed => state with
        {
            VolumeSetback = Again(state.VolumeSetback, failed.Message, VolumeRetryFirst, Setback.Longest, now),
        },
        PodFact.VolumeImageReady ready => WithImage(state, ready.Volume, new ImageProgress.Present(ready.Image)),
        PodFact.VolumeImageFailed failed => WithImage(
            state, failed.Volume, Failing(state.VolumeImage(failed.Volume), failed.Reason, failed.Message, now)),
        PodFact.StorageMeasured measured => state with { Storage = measured.Use },
        PodFact.VolumesGone => state with { Volumes = VolumePhase.Gone },
        PodFact.SandboxStarted started => WithSandbox(state with { SandboxSetback = null }, started.Sandbox),
        PodFact.SandboxFailed failed => state with
        {
            SandboxSetback = Again(state.SandboxSetback, failed.Message, SandboxRetryFirst, SandboxRetryLongest, now),
        },
        PodFact.SandboxStopped stopped => SandboxStopped(state, stopped.Id),
        PodFact.SandboxRemoved removed => SandboxRemoved(state, removed.Id),
        PodFact.ConfigurationChanged => ConfigurationChanged(state, now),
        PodFact.StoppedReported => state with { StoppedReportedAt = now },
        PodFact.TracesRemoved => state with { TracesRemoved = true },
        PodFact.Abandoned or PodFact.Cancelled => state,
        _ => ContainerFact(state, pod, fact, now),
    };

    /// <summary>
    /// A start that failed before the command ran, and whose caller did not hear of it, left no more than a container
    /// that was never started: the next start tells whether it was the caller's death or the command.
    /// </summary>
    internal static ContainerRuntimeStatus Unheard(ContainerRuntimeStatus status) => status.NeverRan
        ? status with { State = ContainerRuntimeState.Created, FinishedAt = null }
        : status;

    private static PodState ContainerFact(PodState state, Pod pod, PodFact fact, DateTimeOffset now) => fact switch
    {
        PodFact.ContainerSeen seen => state.WithTrack(state.Track(seen.Status.Name).Observed(Unheard(seen.Status))),
        PodFact.ContainerStarted started => state.WithTrack(state.Track(started.Status.Name).Started(
            started.Status, HasPostStart(pod, started.Status.Name))),
        PodFact.ContainerLost lost => state.WithTrack(Lost(state.Track(lost.Name), lost.Id, now)),
        PodFact.ContainerRemoved removed => state.WithTrack(state.Track(removed.Name).Forgotten(removed.Id)),
        PodFact.ImageReady ready => state.WithTrack(
            state.Track(ready.Container) with { Image = new ImageProgress.Present(ready.Image) }),
        PodFact.ImageFailed failed => state.WithTrack(state.Track(failed.Container) with
        {
            Image = Failing(state.Track(failed.Container).Image, failed.Reason, failed.Message, now),
        }),
        PodFact.StartFailed failed => StartFailed(state, failed, now),
        PodFact.ContainerResized resized => state.WithTrack(Resized(state.Track(resized.Container), resized)),
        PodFact.PostStartEnded ended => state.WithTrack(PostStartEnded(state.Track(ended.Container), ended)),
        PodFact.ProbeAnswered answered => ProbeAnswered(state, pod, answered),
        _ => throw new InvalidOperationException($"no fold for the pod fact {fact.GetType().Name}"),
    };

    /// <summary>The operation <paramref name="action"/> begins now.</summary>
    public static PodState Begin(PodState state, Pod pod, PodAction action, DateTimeOffset now)
    {
        var begun = state with { InFlight = state.InFlight.Add(action.Key) };
        return action switch
        {
            PodAction.PrepareVolumes => begun with { VolumesOutdated = false },
            PodAction.StartContainer start => begun.WithTrack(
                StartBegins(begun.Track(start.Container.Name), start, now)),
            PodAction.RunPostStart hook => begun.WithTrack(
                begun.Track(hook.Container.Name) with { PostStart = HookPhase.Running }),
            PodAction.KillContainer kill => KillBegins(begun, pod, kill, now),
            PodAction.HastenKill hasten => begun with { StopDeadline = now + hasten.Grace },
            PodAction.SendProbe probe => ProbeSent(begun, pod, probe, now),
            _ => begun,
        };
    }

    /// <summary>An operation ended.</summary>
    public static PodState End(PodState state, Pod pod, string key, PodFact outcome, DateTimeOffset now)
    {
        var setbacks = outcome is PodFact.Abandoned abandoned
            ? state.Setbacks.SetItem(key, Again(
                state.Setbacks.GetValueOrDefault(key), abandoned.Message, SandboxRetryFirst, SandboxRetryLongest, now))
            : state.Setbacks.Remove(key);
        return Apply(state with { InFlight = state.InFlight.Remove(key), Setbacks = setbacks }, pod, outcome, now);
    }

    private static PodState Listed(PodState state, PodFact.Listed listed, DateTimeOffset now)
    {
        foreach (var sandbox in listed.Sandboxes.OrderBy(s => s.Attempt).ThenBy(s => s.CreatedAt))
        {
            state = WithSandbox(state, sandbox);
        }

        if (state.Sandbox is { Ready: true } known && listed.Sandboxes.All(s => s.Id != known.Id)
            && !state.IsInFlight(PodAction.SandboxKey))
        {
            state = state with { Sandbox = known with { Ready = false } };
        }
        foreach (var container in listed.Containers.OrderBy(c => c.Attempt).ThenBy(c => c.CreatedAt))
        {
            state = state.WithTrack(state.Track(container.Name).Observed(container));
        }

        foreach (var track in state.Containers.Values)
        {
            if (track.Current is { State: not ContainerRuntimeState.Exited } current
                && listed.Containers.All(c => c.Id != current.Id)
                && !state.IsInFlight(PodAction.StartKey(track.Name)))
            {
                state = state.WithTrack(Lost(track, current.Id, now));
            }
        }

        return state;
    }

    private static PodState WithSandbox(PodState state, SandboxView sandbox)
    {
        if (state.Sandbox is not { } known)
        {
            return state with { Sandbox = sandbox };
        }

        if (known.Id == sandbox.Id)
        {
            return state with { Sandbox = Seen(known, sandbox) };
        }

        if (sandbox.Attempt > known.Attempt)
        {
            return state with { Sandbox = sandbox, StaleSandboxes = Stale(state, known) };
        }

        return state with { StaleSandboxes = Stale(state, sandbox) };
    }

    private static SandboxView Seen(SandboxView known, SandboxView sandbox) => sandbox with
    {
        Ips = sandbox.Ips.Count == 0 ? known.Ips : sandbox.Ips,
        Released = known.Released && !sandbox.Ready,
    };

    private static ImmutableArray<SandboxView> Stale(PodState state, SandboxView sandbox) =>
        [.. state.StaleSandboxes.Where(s => s.Id != sandbox.Id), sandbox];

    private static PodState SandboxStopped(PodState state, string id) =>
        state.Sandbox?.Id == id
            ? state with { Sandbox = state.Sandbox with { Ready = false, Released = true } }
            : state;

    private static PodState SandboxRemoved(PodState state, string id) => state with
    {
        Sandbox = state.Sandbox?.Id == id ? null : state.Sandbox,
        StaleSandboxes = [.. state.StaleSandboxes.Where(s => s.Id != id)],
    };

    private static PodState ConfigurationChanged(PodState state, DateTimeOffset now)
    {
        var tracks = state.Containers;
        foreach (var track in state.Containers.Values.Where(
            t => t.Trouble is { Reason: WaitingReasons.CreateContainerConfigError }))
        {
            tracks = tracks.SetItem(track.Name, track with { Trouble = track.Trouble! with { RetryAt = now } });
        }
        return state with
        {
            VolumesOutdated = true,
            VolumeSetback = state.VolumeSetback is { } setback ? setback with { RetryAt = now } : null,
            Containers = tracks,
        };
    }

    private static ContainerTrack Lost(ContainerTrack track, string id, DateTimeOffset now)
    {
        if (track.Current is not { } current || current.Id != id || current.State == ContainerRuntimeState.Exited)
        {
            return track;
        }

        // News of its removal may come before the answer to it.
        return current.State == ContainerRuntimeState.Created ? track.Forgotten(id) : track.Observed(current with
        {
            State = ContainerRuntimeState.Exited,
            ExitCode = 137,
            Reason = "ContainerStatusUnknown",
            Message = "The container could not be located when the pod was deleted.  "
                + "The container used to be Running",
            FinishedAt = now,
        });
    }

    private static ImageProgress.Failing Failing(
        ImageProgress before, string reason, string message, DateTimeOffset now) =>
        new(reason, message, BackOff.Next((before as ImageProgress.Failing)?.Entry, now, now), now);

    private static PodState WithImage(PodState state, string volume, ImageProgress progress) =>
        state with { VolumeImages = state.VolumeImages.SetItem(volume, progress) };

    /// <summary>The images that were there may be what is missing now.</summary>
    private static PodState StartFailed(PodState state, PodFact.StartFailed failed, DateTimeOffset now)
    {
        var isUncreated = failed.Reason == WaitingReasons.CreateContainerError;
        return state.WithTrack(StartFailed(state.Track(failed.Container), failed, isUncreated, now)) with
        {
            VolumeImages = isUncreated ? state.VolumeImages.Clear() : state.VolumeImages,
        };
    }

    private static ContainerTrack StartFailed(
        ContainerTrack track, PodFact.StartFailed failed, bool isUncreated, DateTimeOffset now)
    {
        var seen = failed.Status is null ? track : track.Observed(failed.Status);
        // A start that left a dead incarnation counts as a run that ended: its back-off rules when the next one comes.
        var isRun = failed.Status is { State: ContainerRuntimeState.Exited };
        return seen with
        {
            Image = isUncreated ? new ImageProgress.Unknown() : seen.Image,
            Trouble = new StartTrouble(failed.Reason, failed.Message, isRun ? now : now + StartTrouble.RetryAfter),
        };
    }

    private static ContainerTrack StartBegins(ContainerTrack track, PodAction.StartContainer start, DateTimeOffset now)
    {
        var hash = ContainerHash.Of(start.Container.Spec);
        var entry = track.BackOffHash == hash ? track.BackOff : null;
        var failedAt = track.Current?.FinishedAt;
        return track with
        {
            BackOff = failedAt is { } at ? BackOff.Next(entry, at, now) : entry,
            BackOffHash = hash,
            Applied = start.Container.Spec.Resources,
        };
    }

    private static bool HasPostStart(Pod pod, string name) =>
        PodContainer.Of(pod).Any(c => c.Name == name && c.Spec.Lifecycle?.PostStart is not null);

    private static PodState KillBegins(PodState state, Pod pod, PodAction.KillContainer kill, DateTimeOffset now)
    {
        if (kill.Cause == KillCause.PodStops)
        {
            var deadline = now + kill.Grace;
            return state with
            {
                StopBegan = state.StopBegan ?? now,
                StopDeadline = state.StopDeadline is { } known && known > deadline ? known : deadline,
            };
        }

        var restarts = kill.Container?.Role switch
        {
            ContainerRole.Ephemeral => false,
            ContainerRole.Sidecar => true,
            _ => kill.Cause is KillCause.DefinitionChanged or KillCause.Resized
                || pod.Spec.RestartPolicy != RestartPolicies.Never,
        };
        return state.WithTrack(state.Track(kill.Name) with { RestartAsked = restarts });
    }

    private static ContainerTrack Resized(ContainerTrack track, PodFact.ContainerResized resized) =>
        track.Current?.Id == resized.ContainerId ? track with { Applied = resized.Resources } : track;

    private static ContainerTrack PostStartEnded(ContainerTrack track, PodFact.PostStartEnded ended) =>
        track.Current?.Id == ended.ContainerId
            ? track with { PostStart = ended.Succeeded ? HookPhase.Done : HookPhase.Failed }
            : track;

    private static PodState ProbeSent(PodState state, Pod pod, PodAction.SendProbe sent, DateTimeOffset now)
    {
        var track = state.Track(sent.Container.Name);
        var probe = ProbePlan.SpecOf(sent.Container.Spec, sent.Kind)
            ?? throw new InvalidOperationException($"pod {pod.Metadata.Name} has no {sent.Kind} probe to send");
        return state.WithTrack(track.WithProbe(sent.Kind, track.Probe(sent.Kind).Sent(probe, now)));
    }

    private static PodState ProbeAnswered(PodState state, Pod pod, PodFact.ProbeAnswered answered)
    {
        var track = state.Track(answered.Container);
        var container = PodContainer.Of(pod).FirstOrDefault(c => c.Name == answered.Container);
        if (answered.Succeeded is not { } succeeded || container is null || track.Current?.Id != answered.ContainerId)
        {
            return state;
        }

        var probe = ProbePlan.SpecOf(container.Spec, answered.Kind);
        return probe is null
            ? state
            : state.WithTrack(track.WithProbe(
                answered.Kind, track.Probe(answered.Kind).Answered(probe, succeeded)));
    }

    private static Setback Again(
        Setback? before, string message, TimeSpan first, TimeSpan longest, DateTimeOffset now)
    {
        var failures = before?.Failures ?? 0;
        return new Setback(message, failures + 1, now + BackOff.Doubling(first, longest, failures));
    }
}
