using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Batch;
using ActorOrchestrator.Api.Core;
using ActorOrchestrator.Api.Defaulting;
using ActorOrchestrator.Domain;
using ActorOrchestrator.Domain.Jobs;
using ActorOrchestrator.Domain.Ownership;

namespace ActorOrchestrator.TestKit.Tests;

/// <summary>An Indexed Job's decisions: a pod's end is counted, judged and settled by one row.</summary>
public sealed class JobStoryTests
{
    private const string Uid = "11111111-0000-4000-8000-000000000001";

    private static readonly EntityKey Key = new("jobs.batch", "default", "work");

    [Fact]
    public void The_failure_of_an_index_is_a_row_with_its_count_and_counts_once() => Given
        .History(new JobDecider(), Key, Begun(new JobSpec { BackoffLimitPerIndex = 1 }))
        .When(Report(0, "Failed"))
        .Then(
            Expect.Event<JobPodsSettled>(), Expect.Event<JobIndexesFailed>(), Expect.Event<StatusChanged>(),
            Expect.Tells<FinalizerDone>(PodKey(0)),
            Expect.Object<Job>(job => job.Status is { Failed: 1, FailedIndexes: "" }))
        .When(Report(0, "Failed"))
        .Then(Expect.NoEvent)
        .AfterRestart().And
        .When(Report(0, "Failed"))
        .Then(Expect.Object<Job>(job => job.Status is { Failed: 1, FailedIndexes: "" }));

    [Fact]
    public void What_fails_the_job_is_decided_by_the_row_that_counts_it() => Given
        .History(new JobDecider(), Key, Begun(new JobSpec
        {
            PodFailurePolicy = new PodFailurePolicy
            {
                Rules =
                [
                    new PodFailurePolicyRule
                    {
                        Action = "FailJob",
                        OnExitCodes = new PodFailurePolicyOnExitCodesRequirement { Operator = "In", Values = [42] },
                    },
                ],
            },
        }))
        .When(Report(1, "Failed", exitCode: 42))
        .Then(
            Expect.Event<JobPodsSettled>(), Expect.Tells<Delete>(PodKey(0)),
            Expect.Object<Job>(job => JobConditions.Find(job.Status, "FailureTarget")?.Message
                == "Container main for pod default/work-1-aaaaa failed with exit code 42 matching FailJob rule at "
                + "index 0"),
            Expect.Object<Job>(job => JobConditions.Find(job.Status, "Failed") is null));

    [Fact]
    public void A_success_policy_is_met_by_the_row_that_counts_the_success() => Given
        .History(new JobDecider(), Key, Begun(new JobSpec
        {
            SuccessPolicy = new SuccessPolicy { Rules = [new SuccessPolicyRule { SucceededIndexes = "1" }] },
        }))
        .When(Report(1, "Succeeded"))
        .Then(
            Expect.Object<Job>(job => job.Status is { Succeeded: 1, CompletedIndexes: "1" }),
            Expect.Object<Job>(job => JobConditions.Find(job.Status, "SuccessCriteriaMet")?.Reason == "SuccessPolicy"),
            Expect.Object<Job>(job => JobConditions.Find(job.Status, "Complete") is null),
            Expect.Tells<Delete>(PodKey(0)));

    /// <summary>Two indexes, each with a pod that is asked for.</summary>
    private static DomainEvent[] Begun(JobSpec spec) =>
    [
        new ObjectCreated(Job(spec)),
        new IndexedPodsClaimed([new(PodUid(0), PodKey(0).Name, 0), new(PodUid(1), PodKey(1).Name, 1)]),
        new PodsConfirmed([PodUid(0), PodUid(1)]),
    ];

    private static Job Job(JobSpec spec) => Defaults.Apply(new Job
    {
        Metadata = new ObjectMeta
        {
            Name = Key.Name,
            Namespace = Key.Namespace,
            Uid = Uid,
            Generation = 1,
            Labels = ValueMap<string>.From([KeyValuePair.Create("app", "work")]),
        },
        Spec = spec with
        {
            CompletionMode = "Indexed",
            Completions = 2,
            Parallelism = 2,
            Template = new PodTemplateSpec
            {
                Spec = new PodSpec
                {
                    RestartPolicy = "Never", Containers = [new Container { Name = "main", Image = "busybox" }],
                },
            },
        },
    });

    private static ChildReport Report(int index, string phase, int exitCode = 0) =>
        new(PodKey(index), PodUid(index), PodOf(index, phase, exitCode));

    private static Pod PodOf(int index, string phase, int exitCode) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = PodKey(index).Name,
            Namespace = Key.Namespace,
            Uid = PodUid(index),
            Labels = ValueMap<string>.From([KeyValuePair.Create(JobNames.ControllerUid, Uid)]),
            Finalizers = [Finalizers.JobTracking],
            OwnerReferences = [Owners.ReferenceTo(Job(new JobSpec()))],
        },
        Status = new PodStatus
        {
            Phase = phase,
            ContainerStatuses = [new ContainerStatus
            {
                Name = "main",
                State = new ContainerState { Terminated = new ContainerStateTerminated { ExitCode = exitCode } },
            }],
        },
    };

    private static EntityKey PodKey(int index) => new("pods", Key.Namespace, $"work-{index}-aaaaa");

    private static string PodUid(int index) => $"22222222-0000-4000-8000-00000000000{index}";
}
