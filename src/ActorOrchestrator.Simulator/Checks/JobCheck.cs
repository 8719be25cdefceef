using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Machines;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a Job does by itself:
/// <list type="bullet">
/// <item>It asks for no pod that is not claimed in the journal before, when it is suspended, nor when its end is
/// decided; not for more than completions are missing.</item>
/// <item>No pod appears when as many run as parallelism allows, nor after the Job's end.</item>
/// <item>A pod has succeeded when its containers really did. Each end counts once: never more than there were, at the
/// Job's end all that it had to count, and a pod is let go only when its end is entered.</item>
/// <item>After its deadline it is soon decided. When it ends nothing of it runs any more.</item>
/// <item>Each completion index has one pod at a time, and none after it has succeeded, or has failed as often as it
/// may; what policies say of failures and successes is done (<see cref="JobIndexRules"/>).</item>
/// </list>
/// </summary>
internal sealed class JobCheck() : PeriodicCheck(TimeSpan.FromSeconds(30))
{
    /// <summary>So soon after the deadline it is decided, while nothing is wrong.</summary>
    private static readonly TimeSpan DecisionMax = TimeSpan.FromMinutes(2);

    private const int NotEnded = -1;

    private static readonly string Resource = EntityKey.Of(Api.KindRegistry.Of<Job>(), "", "").Resource;

    private readonly Dictionary<string, JobBook> _books = new(StringComparer.Ordinal);
    private readonly Dictionary<(string PodUid, string Container), int> _exits = [];
    private DateTimeOffset _skewedAt = DateTimeOffset.MinValue;

    public override string Guarantee => "G8";

    public override void OnContainer(ContainerChange change)
    {
        var container = (change.PodUid, change.Container);
        if (change is { Kind: ContainerChangeKind.Exited, ExitCode: { } code })
        {
            _exits[container] = code;
        }
        else if (change.Kind == ContainerChangeKind.Started)
        {
            _exits.Remove(container);
        }
    }

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        base.OnCommit(rows);
        SeeClock();
        foreach (var row in rows.Where(row => row.Entry.Resource == Resource))
        {
            TakeRow(row);
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case Job:
                TakeJob(change);
                break;
            case Pod:
                TakePod(change, decided);
                break;
        }
    }

    protected override void Look()
    {
        SeeClock();
        foreach (var job in World.Truth.All<Job>())
        {
            if (IsOverdue(job) && World.Calm.ControlTroubledAt + DecisionMax < World.Loop.Now
                && job.Metadata.DeletionTimestamp is null && !Describe.IsDecided(job))
            {
                Violate($"{EntityKey.Of(job)} goes on after its deadline; it began at {job.Status.StartTime:HH:mm:ss} "
                    + $"and has {job.Spec.ActiveDeadlineSeconds} s");
            }
        }
    }

    /// <summary>By a clock that is right, and was when it was set.</summary>
    private bool IsOverdue(Job job) => job is { Spec: { Suspend: not true, ActiveDeadlineSeconds: { } seconds } }
        && job.Status.StartTime is { } start && start.AddSeconds(seconds) + DecisionMax < World.Loop.Now
        && _skewedAt + DecisionMax < World.Loop.Now;

    private void SeeClock() => _skewedAt = World.Control.IsClockRight ? _skewedAt : World.Loop.Now;

    private void TakeRow(StoredRow row)
    {
        var key = EntityKey.Parse(row.Row.PersistenceId);
        if (World.Truth.Find(key) is not Job job)
        {
            return;
        }

        var book = BookOf(job.Metadata.Uid!);
        foreach (var @event in row.Entry.Events)
        {
            switch (@event)
            {
                case IChildrenClaimed<JobPodClaim> claimed:
                    var claims = claimed.NewClaims().ToList();
                    claims.ForEach(book.Claim);
                    if (claims.Exists(claim => !claim.IsAdoption))
                    {
                        HoldClaim(job, book, $"{key} at {row.Row.Ordering}");
                        HoldIndexes(job, book, claims, $"{key} at {row.Row.Ordering}");
                    }

                    break;
                case JobPodsSettled settled:
                    Settle(job, book, settled.Uids, $"{key} at {row.Row.Ordering}");
                    break;
                case PodsUnclaimed unclaimed:
                    book.Close(unclaimed.Uids);
                    break;
                case PodsDeletionRequested dismissed:
                    foreach (var uid in dismissed.Uids)
                    {
                        book.Of(uid).IsDismissed = true;
                    }

                    break;
            }
        }
    }

    private void Settle(Job job, JobBook book, IReadOnlyList<string> uids, string cause)
    {
        book.Settle(uids, World.Loop.Now);
        if (JobIndexRules.OnSettled(job, book, uids) is { } complaint)
        {
            Violate($"{cause}: {complaint}");
        }
    }

    private void HoldIndexes(Job job, JobBook book, IReadOnlyList<JobPodClaim> claims, string cause)
    {
        var isClockTrue = _skewedAt + DecisionMax < World.Loop.Now;
        if (JobIndexRules.OnClaims(job, book, claims, isClockTrue ? World.Loop.Now : null) is { } complaint)
        {
            Violate($"{cause} asks for [{string.Join(", ", claims.Select(claim => claim.Name))}]: {complaint}");
        }
    }

    private void HoldClaim(Job job, JobBook book, string cause)
    {
        if (Describe.IsDecided(job) || job.Spec.Suspend is true || job.Metadata.DeletionTimestamp is not null)
        {
            Violate($"{cause} asks for pods, and is {(job.Spec.Suspend is true ? "suspended" : "decided or deleted")}: "
                + Describe.Object(job));
        }

        if (job.Status.Failed > job.Spec.BackoffLimit || IsOverdue(job))
        {
            Violate($"{cause} asks for pods after {job.Status.Failed} failures, of which {job.Spec.BackoffLimit} are "
                + $"allowed, and after {World.Loop.Now - job.Status.StartTime}");
        }

        if (!JobIndexRules.IsIndexed(job) && job.Status.Succeeded + book.Open > job.Spec.Completions)
        {
            Violate($"{cause} has asked for {book.Open} pods after {job.Status.Succeeded} successes, of which "
                + $"{job.Spec.Completions} are wanted");
        }
    }

    private void TakeJob(ObjectChange change)
    {
        if (change.New is not Job now)
        {
            return;
        }

        var book = BookOf(now.Metadata.Uid!);
        book.Parallelism.Take(now.Spec.Parallelism ?? 1, World.Loop.Now);
        var (status, before) = (now.Status, (change.Old as Job)?.Status ?? JobStatus.Empty);
        var isIndexed = JobIndexRules.IsIndexed(now);
        if (isIndexed && now.Spec.Completions < (change.Old as Job)?.Spec.Completions)
        {
            book.Lower(now.Spec.Completions.Value);
        }

        if ((status.Succeeded < before.Succeeded && !isIndexed) || status.Failed < before.Failed)
        {
            Violate($"{change.Key} at {change.Sequence} has {status.Succeeded} successes and {status.Failed} failures "
                + $"after {before.Succeeded} and {before.Failed}");
        }

        var good = book.Successes(now, pod => pod.End == "Succeeded");
        var bad = book.Count(pod => pod.MayHaveFailed);
        if (status.Succeeded > good || status.Failed > bad || status.Succeeded + status.Failed > book.Ever
            || (status.Succeeded > now.Spec.Completions && status != before))
        {
            Violate($"{change.Key} at {change.Sequence} counts {status.Succeeded} successes (of "
                + $"{now.Spec.Completions}) and {status.Failed} failures; of {book.Ever} pods {good} have succeeded "
                + $"and {bad} may have failed");
        }

        var complaint = isIndexed ? JobIndexRules.OnStatus(now, change.Old as Job, book) : null;
        if (change.Old is Job undecided && !Describe.IsDecided(undecided))
        {
            complaint ??= JobIndexRules.OnDecision(now, book);
        }

        if (complaint is not null)
        {
            Violate($"{change.Key} at {change.Sequence}: {complaint}");
        }

        if (Describe.IsFinished(now) && change.Old is Job old && !Describe.IsFinished(old))
        {
            HoldEnd(change, now, book);
        }
    }

    private void HoldEnd(ObjectChange change, Job job, JobBook book)
    {
        var (good, bad) = (Good(job, book, _ => true), book.Count(pod => pod.HasFirmlyFailed));
        if (job.Status.Succeeded < good || job.Status.Failed < bad)
        {
            Violate($"{change.Key} has ended at {change.Sequence} with {job.Status.Succeeded} successes and "
                + $"{job.Status.Failed} failures; {good} of its pods have succeeded and {bad} failed");
        }

        if (book.Count(pod => pod.IsActive || pod.IsLeaving) is > 0 and var left)
        {
            Violate($"{change.Key} has ended at {change.Sequence}, and {left} of its pods may run");
        }
    }

    private void TakePod(ObjectChange change, Decided decided)
    {
        var (old, now) = (change.Old as Pod, change.New as Pod);
        var owner = JobBook.ControllerOf(now);
        if ((owner ?? JobBook.ControllerOf(old)) is not { } jobUid)
        {
            return;
        }

        var book = BookOf(jobUid);
        var pod = book.Of((now ?? old)!.Metadata.Uid!);
        var isNews = now is not null && Describe.IsOver(now) && pod.End is null;
        if (now is null || owner is null)
        {
            pod.Leave();
        }
        else
        {
            pod.Take(now, JobOf(now)?.Spec, World.Loop.Now);
            pod.IsDoubtful |= pod.Index >= JobOf(now)?.Spec.Completions;
        }

        if (isNews)
        {
            HoldPhase(change, now!);
        }

        if (!pod.IsLetGo && old is not null && (now is null || !IsKept(now)))
        {
            pod.IsLetGo = true;
            HoldLetGo(change, old, book);
        }

        if (decided.IsCreation && now is not null)
        {
            HoldCreation(change, now, book);
        }
    }

    /// <summary>A pod succeeds when the containers that its machine ran did, and fails when one did not. (One that
    /// failed for another cause says which.) What it shows of them is how they ended.</summary>
    private void HoldPhase(ObjectChange change, Pod pod)
    {
        var failed = pod.Spec.Containers.FirstOrDefault(
            container => _exits.GetValueOrDefault((pod.Metadata.Uid!, container.Name), NotEnded) != 0)?.Name;
        if (pod.Status.Phase == "Succeeded" && failed is not null)
        {
            Violate($"{change.Key} has succeeded at {change.Sequence}, but {failed} has "
                + (_exits.TryGetValue((pod.Metadata.Uid!, failed), out var code) ? $"ended with {code}" : "not ended"));
        }

        if (pod is { Status: { Phase: "Failed", Reason: null or "" }, Metadata.DeletionTimestamp: null }
            && failed is null)
        {
            Violate($"{change.Key} has failed at {change.Sequence}, but all its containers have succeeded");
        }

        foreach (var (name, shown) in pod.Status.ContainerStatuses.Select(one => (one.Name, one.State?.Terminated)))
        {
            if (shown is { Reason: "Error" or "Completed", ExitCode: var told }
                && _exits.TryGetValue((pod.Metadata.Uid!, name), out var real) && real != told)
            {
                Violate($"{change.Key} shows at {change.Sequence} that {name} has ended with {told}; it was {real}");
            }
        }
    }

    /// <summary>How many successes must be entered. A pod that succeeds for an index that has failed is
    /// none.</summary>
    private static int Good(Job job, JobBook book, Func<JobPod, bool> which)
    {
        var failed = FailureRulings.Indexes(job.Status.FailedIndexes);
        return book.Successes(job, pod => which(pod) && pod.IsFirm("Succeeded")
            && !(pod.Index is { } index && failed.Contains(index)));
    }

    /// <summary>Who deletes a Job does not ask what becomes of its counts.</summary>
    private void HoldLetGo(ObjectChange change, Pod pod, JobBook book)
    {
        if (JobOf(pod) is not { Metadata.DeletionTimestamp: null, Status: var status } job)
        {
            return;
        }

        var good = Good(job, book, one => one.IsLetGo);
        var bad = book.Count(one => one.IsLetGo && one.HasFirmlyFailed);
        if (good > status.Succeeded || bad > status.Failed)
        {
            Violate($"{change.Key} was let go at {change.Sequence}: {good} pods that succeeded and {bad} that failed "
                + $"are let go, and {EntityKey.Of(job)} has counted {status.Succeeded} and {status.Failed}");
        }
    }

    private void HoldCreation(ObjectChange change, Pod pod, JobBook book)
    {
        if (!book.IsClaimed(pod.Metadata.Uid!))
        {
            Violate($"{change.Key} ({pod.Metadata.Uid}) was made at {change.Sequence}; its Job had not claimed it");
        }

        if (JobOf(pod) is not { } job)
        {
            return;
        }

        if (Describe.IsFinished(job))
        {
            Violate($"{change.Key} was made at {change.Sequence}, and {EntityKey.Of(job)} has ended");
        }

        var (active, leaving) = (book.Count(one => one.IsActive), book.Count(one => one.IsLeaving));
        var most = book.Parallelism.Within(World.Loop.Now).Max();
        if (active + (job.Spec.PodReplacementPolicy == "Failed" ? leaving : 0) > most)
        {
            Violate($"{change.Key} was made at {change.Sequence}: {active} pods of its Job may run, {leaving} shut "
                + $"down; {most} are allowed");
        }

        if (JobIndexRules.IsIndexed(job))
        {
            if (JobIndexRules.OnCreation(job, book, pod.Metadata.Uid!) is { } complaint)
            {
                Violate($"{change.Key} was made at {change.Sequence}: {complaint}");
            }

            return;
        }

        var good = book.Count(one => one.IsFirm("Succeeded"));
        if (good + active > job.Spec.Completions)
        {
            Violate($"{change.Key} was made at {change.Sequence}: {good} pods of its Job have succeeded and {active} "
                + $"may run; {job.Spec.Completions} are wanted");
        }
    }

    private Job? JobOf(Pod pod)
    {
        var owner = pod.Metadata.OwnerReferences.First(reference => reference.Controller == true);
        return World.Truth.Find<Job>(pod.Metadata.Namespace, owner.Name) is { } job && job.Metadata.Uid == owner.Uid
            ? job
            : null;
    }

    private JobBook BookOf(string jobUid)
    {
        if (!_books.TryGetValue(jobUid, out var book))
        {
            _books.Add(jobUid, book = new JobBook());
        }

        return book;
    }

    private static bool IsKept(Pod pod) => pod.Metadata.Finalizers.Contains(Finalizers.JobTracking);
}
