using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;
using ActorOrchestrator.Domain.Pods;
using ActorOrchestrator.Domain.Tests.Deployments;

namespace ActorOrchestrator.Domain.Tests.Jobs;

/// <summary>Plays Jobs and pods against each other and checks G8 at every committed event, and that every Job ends. The
/// seed is in every failure: run it alone by its number.</summary>
public sealed class JobPropertyTests
{
    private static readonly Unkindness Calm = new();
    private static readonly Unkindness Rough = new() { LostPercent = 10, DoubledPercent = 10, RestartPermille = 15 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Counts_each_end_once_and_ends_when_nothing_fails(int block) => Play(1000 * block, 250, Calm);

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public void Counts_each_end_once_although_messages_are_lost_and_doubled_and_actors_restart(int block) =>
        Play(1000 * block, 250, Rough);

    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    public void Counts_each_end_once_although_pods_fail_and_are_deleted(int block) =>
        Play(1000 * block, 250, Rough with { PodFailurePermille = 20 });

    [Theory]
    [InlineData(30)]
    [InlineData(31)]
    public void Each_index_counts_once_although_pods_fail_and_are_deleted(int block) =>
        Play(1000 * block, 250, Rough with { PodFailurePermille = 20 }, isIndexed: true);

    [Theory]
    [InlineData(40)]
    [InlineData(41)]
    public void Who_is_disrupted_counts_nowhere_where_that_is_ignored(int block) =>
        Play(1000 * block, 250, Rough with { PodFailurePermille = 10 }, isIndexed: block % 2 == 1, ignores: true);

    private static void Play(
        int firstSeed, int count, Unkindness unkindness, bool isIndexed = false, bool ignores = false)
    {
        for (var seed = firstSeed; seed < firstSeed + count; seed++)
        {
            var play = new JobPlay(seed, unkindness, isIndexed, ignores);
            var trouble = play.Run();
            Assert.True(trouble is null, $"seed {seed}: {trouble}\n{string.Join('\n', play.Script)}");
        }
    }
}

/// <summary>One random story: a user makes a Job, changes its parallelism and suspends it now and then, until it
/// ends.</summary>
internal sealed class JobPlay
{
    private const int StepsMax = 50_000;

    private readonly World _world;
    private readonly Random _user;
    private readonly HashSet<string> _succeeded = [];
    private readonly HashSet<int> _succeededIndexes = [];
    private readonly HashSet<string> _settled = [];
    private readonly HashSet<string> _disrupted = [];
    private readonly bool _ignores;
    private readonly Job _job;
    private int _parallelismMax;

    /// <summary>Of an Indexed Job, which may be changed after it is decided how it ends.</summary>
    private int _completionsMin;
    private string? _trouble;

    public JobPlay(int seed, Unkindness unkindness, bool isIndexed, bool ignores)
    {
        _user = new Random(seed + 3);
        var spec = new JobSpec
        {
            Completions = _user.Next(4) == 0 ? null : _user.Next(1, 7),
            Parallelism = _user.Next(1, 4),
            BackoffLimit = _user.Next(8),
            PodReplacementPolicy = _user.Next(3) == 0 ? "Failed" : null,
        };
        _ignores = ignores;
        spec = ignores ? spec with { PodReplacementPolicy = "Failed", PodFailurePolicy = IgnoresDisruption } : spec;
        _job = JobBuilder.Make(isIndexed ? Indexed(spec) : spec);
        _parallelismMax = _job.Spec.Parallelism!.Value;
        _completionsMin = _job.Spec.Completions ?? 1;
        var failures = _user.Next(3) == 0 ? _user.Next(60) : 0;
        _world = new World(seed, unkindness)
        {
            // How a pod ends is in its uid: the same however often it is asked.
            EndOf = pod => Convert.ToInt32(pod.Metadata.Uid![..4], 16) % 100 < failures ? "Failed" : "Succeeded",
        };
        _world.Committed += OnCommitted;
    }

    private static PodFailurePolicy IgnoresDisruption => new()
    {
        Rules =
        [
            new PodFailurePolicyRule
            {
                Action = "Ignore",
                OnPodConditions =
                    [new PodFailurePolicyOnPodConditionsPattern { Type = "DisruptionTarget", Status = "True" }],
            },
        ],
    };

    public List<string> Script { get; } = [];

    private Job? Work => _world.Find<Job>(JobBuilder.Key);

    public string? Run()
    {
        Tell(_job.Spec, new Create(_job));
        var changes = _user.Next(4);
        for (var step = 0; step < StepsMax && _trouble is null; step++)
        {
            if (Work is { } job && JobConditions.IsFinished(job.Status))
            {
                break;
            }

            if (_ignores && _user.Next(40) == 0)
            {
                Disrupt();
            }

            if (changes > 0 && _user.Next(60) == 0)
            {
                changes--;
                Change();
            }
            else if (!_world.Step() && !_world.Wait() && !Resume())
            {
                _world.ResyncAll();
            }
        }

        return _trouble ?? Judge();
    }

    private string? Judge()
    {
        _world.IsKind = true;
        _world.RunFor(TimeSpan.FromMinutes(30));
        var status = Work!.Status;
        return status switch
        {
            _ when !JobConditions.IsFinished(status) => $"does not end: {status}",
            _ when _ignores && status.Failed > _settled.Except(_succeeded).Except(_disrupted).Count() =>
                $"{_disrupted.Count} of {_settled.Count} pods were disrupted, and yet {status.Failed} count as failed",
            _ when CompletionIndexes.Has(Work) => JudgeIndexes(),
            _ when status.Succeeded != _succeeded.Count =>
                $"{_succeeded.Count} pods have succeeded, counted are {status.Succeeded}",
            _ when status.Failed > _settled.Count - status.Succeeded =>
                $"{_settled.Count} pods have ended, counted are {status.Succeeded} and {status.Failed}",
            _ when JobConditions.Holds(status, "Failed") && status.Failed <= Work.Spec.BackoffLimit =>
                $"has failed after {status.Failed} failures",
            _ when JobConditions.Holds(status, "Complete") && status.Succeeded < (Work.Spec.Completions ?? 1) =>
                $"is complete after {status.Succeeded} successes",
            _ when _world.All<Pod>().Any(pod => pod.Metadata.Finalizers.Count > 0) => "a pod is not let go",
            _ when _world.Restless().Any() => "not at rest",
            _ => null,
        };
    }

    /// <summary>Each index alone or all together, and at most so many failed ones.</summary>
    private JobSpec Indexed(JobSpec spec)
    {
        var completions = _user.Next(1, 7);
        int? limit = _user.Next(2) == 0 ? _user.Next(3) : null;
        return spec with
        {
            CompletionMode = "Indexed",
            Completions = completions,
            BackoffLimit = limit is null ? spec.BackoffLimit : null,
            BackoffLimitPerIndex = limit,
            MaxFailedIndexes = limit is not null && _user.Next(2) == 0 ? _user.Next(completions + 1) : null,
        };
    }

    private string? JudgeIndexes()
    {
        var (spec, status) = (Work!.Spec, Work.Status);
        var completed = CompletionIndexes.Completed(Work);
        var failed = CompletionIndexes.Failed(Work);
        return status switch
        {
            _ when status.Succeeded != completed.Count => $"{completed} are {status.Succeeded}",
            _ when completed.Intersect(failed).Count > 0 => $"{completed} have succeeded and {failed} failed",
            _ when completed.Ranges.Count > 0 && !_succeededIndexes.IsSupersetOf(Numbers(completed)) =>
                $"{string.Join(' ', _succeededIndexes)} have succeeded, counted are {completed}",
            _ when JobConditions.Holds(status, "Complete") && completed.Count < _completionsMin =>
                $"is complete after {completed}",
            _ when failed.Count > 0 && spec.BackoffLimitPerIndex is { } limit
                && status.Failed < failed.Count * (limit + 1) => $"{failed} after {status.Failed} failures",
            _ when JobConditions.Find(status, "Failed") is { Reason: "FailedIndexes" }
                && completed.Count + failed.Count < _completionsMin => $"has ended after {completed} and {failed}",
            _ when _world.All<Pod>().Any(pod => pod.Metadata.Finalizers.Count > 0) => "a pod is not let go",
            _ when _world.Restless().Any() => "not at rest",
            _ => null,
        };

        static IEnumerable<int> Numbers(IndexRanges ranges) =>
            ranges.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1));
    }

    private void OnCommitted(EntityKey key, KubeObject? before, DomainEvent @event)
    {
        switch (@event)
        {
            case JobPodsSettled settled when settled.Uids.FirstOrDefault(uid => !_settled.Add(uid)) is { } twice:
                _trouble = $"{twice} is counted twice";
                break;
            case StatusChanged { Status: PodStatus { Phase: not ("Succeeded" or "Failed") } status }
                when status.Conditions.Any(each => each.Type == PodConditions.DisruptionTarget):
                _disrupted.Add(before!.Metadata.Uid!);
                break;
            case StatusChanged { Status: PodStatus { Phase: "Succeeded" } }:
                _succeeded.Add(before!.Metadata.Uid!);
                _succeededIndexes.Add(JobStage.IndexOf((Pod)before) ?? -1);
                break;
        }

        var active = _world.All<Pod>().Where(pod =>
            pod is { Metadata.DeletionTimestamp: null, Status.Phase: not ("Succeeded" or "Failed") }).ToList();
        if (active.Count > _parallelismMax)
        {
            _trouble = $"{active.Count} pods at once, {_parallelismMax} at most are wanted";
        }
        else if (active.Where(pod => JobStage.IndexOf(pod) is not null).GroupBy(JobStage.IndexOf)
            .FirstOrDefault(pods => pods.Count() > 1) is { } twins)
        {
            _trouble = $"index {twins.Key} has {twins.Count()} pods at once";
        }
    }

    /// <summary>The cluster ends some pod that runs.</summary>
    private void Disrupt()
    {
        var pods = _world.All<Pod>().Where(pod => PodObservation.Of(pod).IsActive).ToList();
        if (pods.Count > 0)
        {
            var pod = pods[_user.Next(pods.Count)];
            _world.Ask(
                EntityKey.Of(pod), Delete.Exactly(pod.Metadata.Uid!) with { Disruption = PodDisruption.Evicted });
        }
    }

    private void Change()
    {
        var job = Work!;
        var isSuspended = job.Spec.Suspend is true;
        var number = _user.Next(1, 4);
        var spec = _user.Next(2) == 0
            ? job.Spec with { Suspend = !isSuspended }
            : job.Spec with
            {
                Parallelism = number,
                Completions = CompletionIndexes.Has(job) && _user.Next(2) == 0 ? number : job.Spec.Completions,
            };
        _parallelismMax = Math.Max(_parallelismMax, spec.Parallelism!.Value);
        _completionsMin = Math.Min(_completionsMin, spec.Completions ?? 1);
        Tell(spec, new Replace(job with { Spec = spec }));
    }

    private bool Resume()
    {
        if (Work is not { Spec.Suspend: true } job)
        {
            return false;
        }

        var spec = job.Spec with { Suspend = false };
        Tell(spec, new Replace(job with { Spec = spec }));
        return true;
    }

    private void Tell(JobSpec spec, Message message)
    {
        Script.Add($"{spec.Completions} by {spec.Parallelism}, limit {spec.BackoffLimit}, "
            + $"{spec.CompletionMode} {spec.BackoffLimitPerIndex} {spec.MaxFailedIndexes}, suspended {spec.Suspend}, "
            + $"replaced when {spec.PodReplacementPolicy}");
        _world.Ask(JobBuilder.Key, message);
    }
}
