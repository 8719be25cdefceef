using System.Globalization;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.CronJobs;
using ActorOrchestrator.Domain.Projections;
using ActorOrchestrator.Simulator.Journal;
using ActorOrchestrator.Simulator.Runs;

namespace ActorOrchestrator.Simulator.Checks;

/// <summary>
/// What a CronJob does by itself, over the whole run:
/// <list type="bullet">
/// <item>A Job of a schedule is claimed in the journal before it is made, and each time has one Job at most.</item>
/// <item>While nothing is wrong, each time that may start a Job soon does, and none is passed over.</item>
/// <item>Under Forbid none starts while another of the schedule has not ended; under Replace the former
/// goes.</item>
/// </list>
/// When times are is asked of <see cref="Schedule"/>, which has tests of its own over years and zones.
/// </summary>
internal sealed class CronJobCheck() : PeriodicCheck(TimeSpan.FromSeconds(30))
{
    /// <summary>So soon a Job starts, and what it replaces goes, while nothing is wrong; a refused creation is tried
    /// again within a minute.</summary>
    private static readonly TimeSpan StartMax = TimeSpan.FromMinutes(3);

    /// <summary>The most that a clock is wrong by: what was counted from its time may be that late.</summary>
    private static readonly TimeSpan SkewMax = TimeSpan.FromMinutes(65);

    private static readonly string Resource = EntityKey.Of(Api.KindRegistry.Of<CronJob>(), "", "").Resource;

    private readonly Dictionary<(string CronJobUid, DateTimeOffset Time), (string JobUid, EntityKey Key)> _started = [];
    private readonly Dictionary<string, CronJobBook> _books = new(StringComparer.Ordinal);
    private readonly HashSet<string> _claimed = new(StringComparer.Ordinal);
    private DateTimeOffset _skewedAt = DateTimeOffset.MinValue;

    public override string Guarantee => "G9";

    public override void OnCommit(IReadOnlyList<StoredRow> rows)
    {
        base.OnCommit(rows);
        SeeClock();
        foreach (var row in rows.Where(row => row.Entry.Resource == Resource))
        {
            foreach (var claimed in row.Entry.Events.OfType<ScheduledJobClaimed>())
            {
                _claimed.Add(claimed.Uid);
                if (claimed.Time is { } time
                    && World.Truth.Find(EntityKey.Parse(row.Row.PersistenceId)) is CronJob cronJob)
                {
                    TakeClaim(cronJob, time, row.Row.Ordering);
                }
            }
        }
    }

    public override void OnChange(ObjectChange change, Decided decided)
    {
        switch (change.New ?? change.Old)
        {
            case CronJob:
                TakeCronJob(change);
                break;
            case Job job when OwnerOf(job) is { } owner:
                TakeJob(change, decided, owner);
                break;
        }
    }

    protected override void Look()
    {
        SeeClock();
        var now = World.Loop.Now;
        if (!IsCalmSince(now - StartMax))
        {
            return;
        }

        foreach (var cronJob in World.Truth.All<CronJob>())
        {
            if (cronJob.Metadata.DeletionTimestamp is null && BookOf(cronJob.Metadata.Uid!) is var book
                && book.ChangedAt + StartMax < now)
            {
                HoldStart(cronJob, book, now);
                HoldReplacement(cronJob, book, now);
            }
        }
    }

    private bool IsCalmSince(DateTimeOffset time) =>
        World.Calm.ControlTroubledAt < time && _skewedAt < time && World.Control.IsClockRight;

    private void SeeClock() => _skewedAt = World.Control.IsClockRight ? _skewedAt : World.Loop.Now;

    private void HoldStart(CronJob cronJob, CronJobBook book, DateTimeOffset now)
    {
        var spec = cronJob.Spec;
        var isHeld = spec.ConcurrencyPolicy == "Forbid"
            && (book.FreeSince + StartMax > now || Running(cronJob.Metadata.Uid!).Any());
        if (spec.Suspend is true || spec.StartingDeadlineSeconds is not null || isHeld
            || Schedule.Of(spec).Schedule?.Next(Later(book.Last, book.DueFrom)) is not { } next)
        {
            return;
        }

        if (next + StartMax < now)
        {
            Violate($"{EntityKey.Of(cronJob)} has not started what was due at {next:HH:mm:ss}; the last is of "
                + $"{book.Last:HH:mm:ss}");
        }
    }

    /// <summary>A Job that another has replaced is soon told to go. One that was started by what the CronJob was before
    /// replaces nothing.</summary>
    private void HoldReplacement(CronJob cronJob, CronJobBook book, DateTimeOffset now)
    {
        if (cronJob.Spec.ConcurrencyPolicy != "Replace")
        {
            return;
        }

        var running = Running(cronJob.Metadata.Uid!).Where(job => job.Metadata.DeletionTimestamp is null)
            .OrderBy(TimeOf).ToList();
        if (running.Count > 1 && running[^1].Metadata.CreationTimestamp is { } made
            && made > book.ChangedAt && made + StartMax < now)
        {
            Violate($"{EntityKey.Of(running[0])} goes on, and {EntityKey.Of(running[^1])} has replaced it");
        }
    }

    private void TakeCronJob(ObjectChange change)
    {
        if (change.New is not CronJob now)
        {
            return;
        }

        var book = BookOf(now.Metadata.Uid!);
        if (change.Old is not CronJob old || old.Spec != now.Spec)
        {
            book.ChangedAt = World.Loop.Now;
            book.DueFrom = World.Control.IsClockRight ? World.Loop.Now : World.Loop.Now + SkewMax;
        }

        book.Policies.Take(now.Spec.ConcurrencyPolicy ?? "Allow", World.Loop.Now);
    }

    /// <summary>Of several times that were missed only the last starts. But none is missed while nothing is
    /// wrong.</summary>
    private void TakeClaim(CronJob cronJob, DateTimeOffset time, long sequence)
    {
        var book = BookOf(cronJob.Metadata.Uid!);
        var from = Later(book.Last, book.DueFrom);
        book.Last = Later(book.Last, time);
        if (book.Policies.Within(World.Loop.Now).Contains("Forbid") || book.ChangedAt + StartMax > World.Loop.Now
            || Schedule.Of(cronJob.Spec).Schedule is not { } schedule || schedule.Next(from) is not { } missed)
        {
            return;
        }

        // A time that was given back, for its Job was refused, is claimed again.
        if (missed < time && IsCalmSince(missed - StartMax))
        {
            Violate($"{EntityKey.Of(cronJob)} starts {time:HH:mm:ss} at {sequence}; {missed:HH:mm:ss} has started "
                + "nothing");
        }
    }

    private void TakeJob(ObjectChange change, Decided decided, string owner)
    {
        if (change.New is not Job job || Describe.IsFinished(job))
        {
            BookOf(owner).FreeSince = World.Loop.Now;
        }
        else if (decided.IsCreation && TimeOf(job) is { } time)
        {
            HoldTime(change, job, owner, time);
            HoldPolicy(change, job, owner);
        }
    }

    private void HoldTime(ObjectChange change, Job job, string owner, DateTimeOffset time)
    {
        if (!_claimed.Contains(job.Metadata.Uid!))
        {
            Violate($"{change.Key} ({job.Metadata.Uid}) was made at {change.Sequence}; its CronJob had not claimed it");
        }

        // The same Job is asked for again until it is seen, so one that was deleted meanwhile may come back.
        if (!_started.TryAdd((owner, time), (job.Metadata.Uid!, change.Key))
            && _started[(owner, time)] is var first && first.JobUid != job.Metadata.Uid)
        {
            Violate($"{change.Key} ({job.Metadata.Uid}) was made at {change.Sequence} for {time:HH:mm:ss}, which has "
                + $"had {first.Key} ({first.JobUid})");
        }
    }

    private void HoldPolicy(ObjectChange change, Job job, string owner)
    {
        if (BookOf(owner).Policies.Within(World.Loop.Now).All(policy => policy == "Forbid")
            && Running(owner).FirstOrDefault(other => other.Metadata.Uid != job.Metadata.Uid) is { } running)
        {
            Violate($"{change.Key} was made at {change.Sequence} while {EntityKey.Of(running)} has not ended, and its "
                + "CronJob forbids that");
        }
    }

    /// <summary>Its Jobs for times of the schedule that have not ended.</summary>
    private IEnumerable<Job> Running(string cronJobUid) => World.Truth.All<Job>().Where(
        job => OwnerOf(job) == cronJobUid && TimeOf(job) is not null && !Describe.IsFinished(job));

    private CronJobBook BookOf(string cronJobUid)
    {
        if (!_books.TryGetValue(cronJobUid, out var book))
        {
            _books.Add(cronJobUid, book = new CronJobBook());
        }

        return book;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string? OwnerOf(Job job) => job.Metadata.OwnerReferences.FirstOrDefault(
        reference => reference is { Controller: true, Kind: nameof(CronJob) })?.Uid;

    private static DateTimeOffset? TimeOf(Job job) =>
        job.Metadata.Annotations.GetValueOrDefault(ScheduledJobClaim.TimeAnnotation) is { } text
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
            : null;

    /// <summary>What is known of one CronJob, by its uid.</summary>
    private sealed class CronJobBook
    {
        /// <summary>When somebody last changed what it is to do.</summary>
        public DateTimeOffset ChangedAt { get; set; }

        /// <summary>Times from here on start Jobs by what it is to do now.</summary>
        public DateTimeOffset DueFrom { get; set; }

        /// <summary>The last time that was claimed.</summary>
        public DateTimeOffset Last { get; set; }

        /// <summary>When one of its Jobs was last seen to have ended.</summary>
        public DateTimeOffset FreeSince { get; set; }

        public RecentValues<string> Policies { get; } = new();
    }
}
