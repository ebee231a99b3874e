import time,tempfile,csv
from pathlib import Path
from datetime import date,timedelta
from feedback.catalogue.import_workbook import *
from feedback.catalogue.export_workbook import *
from feedback.catalogue.read_workbook import *
from feedback.catalogue.workbook import *
from feedback.catalogue.places import import_places
from feedback.catalogue.province import make_province_workbook
async def test_x(connection):
    await import_places(connection)
    w=make_province_workbook('96',date(2025,7,1))
    await import_workbook(connection,w)
    d=Path(tempfile.mkdtemp())
    codes=["1.001193","1.000894","1.004222","2.000815"]
    units=w.sheets['units']['code'].to_list()
    with (d/'dossier_counts.csv').open('w') as f:
        f.write('unit,day,procedure,completed,late,complained\n')
        n=0
        for i in range(1200):
            for u in units:
                for c in codes:
                    f.write(f'{u},{date(2025,7,1)+timedelta(i)},{c},5,1,0\n'); n+=1
    print(n)
    for _ in range(2):
        t=time.time(); x=read_workbook(d/'dossier_counts.csv'); print('read',time.time()-t)
        t=time.time(); print(await check_workbook(connection,x)); print('check',time.time()-t)
        t=time.time(); print(await import_workbook(connection,x)); print('import',time.time()-t)
    t=time.time(); await export_workbook(connection,d/'a.xlsx'); print('xlsx',time.time()-t)
    try:
        t=time.time(); read_workbook(d/'a.xlsx'); print('read xlsx',time.time()-t)
    except Exception as e: print(e.bad_cells)
    t=time.time(); await export_workbook(connection,d/'a'); print('csv',time.time()-t)
    x=(d/'dossier_counts.csv').read_text().replace(',5,1,0',',5,6,x')
    (d/'dossier_counts.csv').write_text(x)
    t=time.time(); print(len(await check_workbook(connection,read_workbook(d/'dossier_counts.csv')))); print('all bad',time.time()-t)
    import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024)
