package machine_test
import ("testing";"time";"fmt";"os";"runnext/sim/machine";"bytes")
func TestTmp(t *testing.T){
 src,_:=os.ReadFile("testdata/oracle/ctx_cancel_workers/main.go")
 for i:=0;i<3;i++{
 t0:=time.Now()
 pkgs,err:=loader.Program("main.go",src); if err!=nil {t.Fatal(err)}
 t1:=time.Now()
 prog,main:=machine.Build(loader.Fset,pkgs)
 t2:=time.Now()
 for r:=0;r<2;r++{
 t3:=time.Now()
 var b bytes.Buffer
 res,err:=machine.Run(t.Context(),machine.Config{Program:prog,Main:main,Seed:1,Stdout:&b})
 if err!=nil {t.Fatal(err)}
 fmt.Println("check",t1.Sub(t0),"create",t2.Sub(t1),"run",time.Since(t3),res.Events)
 }}
}
