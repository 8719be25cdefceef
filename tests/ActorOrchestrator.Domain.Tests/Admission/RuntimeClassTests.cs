namespace ActorOrchestrator.Domain.Tests.Admission;

public sealed class RuntimeClassTests
{
    [Theory]
    [InlineData("'overhead':{'cpu':'1'},", "pods \"p\" is forbidden: pod rejected: Pod Overhead set without "
        + "corresponding RuntimeClass defined Overhead")]
    [InlineData("'overhead':{},", null)]
    [InlineData("", null)]
    public void Overhead_is_not_the_pods_to_say(string fields, string? refusal) => Assert.Equal(
        refusal, AdmissionRun.CreatePod($"{{{fields}'containers':[{{'name':'c','image':'i'}}]}}").Refusal?.Message);
}
