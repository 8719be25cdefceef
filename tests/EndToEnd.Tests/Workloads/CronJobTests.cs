using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Workloads;

/// <summary>CronJobs on real containers, as users of kubectl see them. Days pass by setting the server's
/// clock.</summary>
public sealed class CronJobTests(SharedCluster shared)
{
    private const int Days = 5;

    /// <summary>No registry is reached here, and the seed's image has the tag <c>latest</c>.</summary>
    private const string TakePresentImage =
        """
        {"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[
          {"name":"report-generator","imagePullPolicy":"IfNotPresent"}]}}}}}}
        """;

    [Fact]
    public async Task The_seeds_runs_at_three_each_day_and_three_jobs_that_succeeded_stay_and_one_that_failed()
    {
        using var clock = new FalseClock();
        await using var cluster = await Cluster.StartAsync(new() { Environment = clock.Environment });
        var kubectl = cluster.Kubectl();
        (await kubectl.OkAsync("apply", "-f", Places.Example("seed-cronjob.yaml")))
            .Says("cronjob.batch/daily-report created");
        await kubectl.OkAsync("patch", "cronjob", "daily-report", "-p", TakePresentImage);
        await kubectl.CreateAsync(CronJob("broken", "0 3 * * *", "exit 1"));

        var first = new DateTimeOffset(DateTime.UtcNow.Date.AddDays(1).AddHours(3), TimeSpan.Zero);
        for (var day = 0; day < Days; day++)
        {
            var due = first.AddDays(day);
            clock.Set(due.AddSeconds(-4) - DateTimeOffset.UtcNow);
            if (day == 2)
            {
                await cluster.KillServerAsync();
                await cluster.StartServerAsync();
            }

            var shown = $"{due:yyyy-MM-dd'T'HH:mm:ss'Z'}";
            await Eventually.BecomesAsync(
                $"the runs of day {day}", () => NudgedAsync(kubectl, day), last => last == $"{shown} {shown}");
            await kubectl.WaitAsync($"job/{Name("daily-report", due)}", "condition=complete");
            await kubectl.WaitAsync($"job/{Name("broken", due)}", "condition=failed");
        }

        string[] expected =
        [
            $"job.batch/{Name("broken", first.AddDays(Days - 1))}",
            .. Enumerable.Range(Days - 3, 3).Select(day => $"job.batch/{Name("daily-report", first.AddDays(day))}"),
        ];
        await Eventually.BecomesAsync(
            "the history", async () => (await kubectl.OkAsync("get", "jobs", "-o", "name")).Lines,
            jobs => jobs.SequenceEqual(expected));
        var last = Name("daily-report", first.AddDays(Days - 1));
        (await kubectl.OkAsync("logs", $"job/{last}")).Says("Daily report, ", "end of report");
        Assert.Equal($"{first.AddDays(Days - 1):yyyy-MM-dd'T'HH:mm:ss'Z'}", await kubectl.PathAsync(
            $"job/{last}", ".metadata.annotations.batch\\.kubernetes\\.io/cronjob-scheduled-timestamp"));
        (await kubectl.OkAsync("get", "cronjob", "daily-report")).Says("0 3 * * *", "<none>", "False");
        await kubectl.DescribesAsync(
            ["cronjob", "daily-report"],
            "Successful Job History Limit:  3", "Failed Job History Limit:      1", "SuccessfulCreate",
            $"Created job {last}", $"Saw completed job: {last}, condition: Complete", "SuccessfulDelete");
        await kubectl.OkAsync("delete", "cronjob", "daily-report", "broken");
        await Eventually.BecomesAsync(
            "no jobs and pods", () => kubectl.OkAsync("get", "jobs,pods", "-o", "name"),
            output => output.Text.Trim().Length == 0);
    }

    [Fact]
    public async Task A_job_is_made_of_it_by_hand_while_it_is_suspended()
    {
        await using var space = await shared.NewSpaceAsync();
        await space.Kubectl.CreateAsync(CronJob("pause", "* * * * *", "echo by hand", "suspend: true\n"));
        (await space.Kubectl.OkAsync("create", "job", "now", "--from=cronjob/pause")).Says("job.batch/now created");
        await space.Kubectl.WaitAsync("job/now", "condition=complete");
        (await space.Kubectl.OkAsync("logs", "job/now")).Says("by hand");
        (await space.Kubectl.OkAsync("get", "cronjob", "pause")).Says("True", "<none>");
        await Eventually.BecomesAsync("the success to be shown",
            () => space.Kubectl.PathAsync("cronjob/pause", ".status.lastSuccessfulTime"), time => time.Length > 0);
        Assert.Equal("", await space.Kubectl.PathAsync("cronjob/pause", ".status.lastScheduleTime"));
        await space.Kubectl.OkAsync("delete", "cronjob", "pause");
        await Eventually.BecomesAsync("no job", () => space.Kubectl.OkAsync("get", "jobs", "-o", "name"),
            output => output.Text.Trim().Length == 0);
    }

    /// <summary>A timer that waits for hours looks at the clock once an hour; a change of the object looks at
    /// once.</summary>
    private static async Task<string> NudgedAsync(Kubectl kubectl, int day)
    {
        await kubectl.OkAsync(
            "annotate", "cronjob", "daily-report", "broken", "--overwrite", $"day={day}-{Guid.NewGuid()}");
        return (await kubectl.OkAsync(
            "get", "cronjob", "daily-report", "broken", "-o",
            "jsonpath={.items[*].status.lastScheduleTime}")).Text;
    }

    private static string Name(string cronJob, DateTimeOffset due) => $"{cronJob}-{due.ToUnixTimeSeconds() / 60}";

    /// <summary>A CronJob of one busybox container that runs a shell script.</summary>
    private static string CronJob(string name, string schedule, string script, string spec = "") =>
        $"""
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: {name}
        spec:
          schedule: "{schedule}"
        {string.Join('\n', spec.Split('\n').Select(line => $"  {line}"))}
          jobTemplate:
            spec:
              backoffLimit: 0
              template:
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: busybox:1.35
                    command: [sh, -c, '{script}']
        """;
}
